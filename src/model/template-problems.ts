// What is wrong with templates, found without running anything.
import type { Action, Problem } from "./job.ts";
import { nearest } from "./nearest.ts";
import {
  actionTexts,
  isCrowded,
  mostTemplates,
  type Placeholder,
  placeholders,
  type TemplateValues,
} from "./template.ts";
import { filterNames, isFilter } from "./template-filters.ts";
import { isSecretKey, outputPrefix } from "./template-values.ts";

const longestShown = 100;
/** Of one text; to look for the nearest key of thousands would take long. */
const mostProblems = 100;

/** Problems of every template, secret arguments of programs included, and of every `when.output`, paths as in the document (`actions[1].headers.Authorization`). */
export function templateProblems(actions: readonly Action[], knownKeys: Iterable<string>): readonly Problem[] {
  const known = new Map([...knownKeys].map((key) => [key, ""]));
  return actions.flatMap((action, index) => {
    const path = `actions[${index}]`;
    const problems = actionProblems(action, known).map((one) => ({ ...one, path: `${path}.${one.path}` }));
    const found = [...problems, ...conditionProblem(`${path}.when.output.name`, action, known)];
    // From here on: an action can't use what it saves itself.
    if (action.type === "http") for (const { name } of action.save) known.set(outputPrefix + name, "");
    return found;
  });
}

/** Paths as in the action (`headers.Authorization`). */
export function actionProblems(action: Action, known: TemplateValues): readonly Problem[] {
  const texts = actionTexts(action);
  if (isCrowded(texts.map(({ text }) => text))) {
    const path = texts.find(({ text }) => text.includes("{{"))?.path ?? "";
    return [{ path, expected: `at most ${mostTemplates} templates in one action`, got: "more" }];
  }
  return texts.flatMap(({ path, text }) => [
    ...textProblems(path, text, known),
    ...(action.type === "exec" && path.startsWith("command") ? argumentProblems(path, text, known) : []),
  ]);
}

/** What is wrong in one text: broken syntax, unknown keys and filters with the nearest known one. */
export function textProblems(path: string, text: string, known: TemplateValues): readonly Problem[] {
  if (!text.includes("{{")) return [];
  const found = placeholders(text);
  const isWrong = ({ key, filter }: Placeholder) =>
    known.get(key) === undefined || (filter !== null && !isFilter(filter));
  const wrong = found.filter(isWrong).slice(0, mostProblems);
  const problems = wrong.flatMap((one) => [...keyProblem(path, one, known), ...filterProblem(path, one)]);
  const rest = found.map(({ start }, i) => text.slice(found[i - 1]?.end ?? 0, start));
  const between = [...rest, text.slice(found.at(-1)?.end ?? 0)].join("");
  const open = between.indexOf("{{");
  if (open === -1) return problems;
  return [...problems, { path, expected: "}} after every {{", got: JSON.stringify(between.slice(open, open + 40)) }];
}

/** What would be refused when the program is to run. */
function argumentProblems(path: string, text: string, known: TemplateValues): readonly Problem[] {
  const secrets = placeholders(text).filter(({ key }) => isSecretKey(key) && known.get(key) !== undefined);
  const expected = "no secret in an argument, which other users of the machine can read";
  return secrets.map(({ key }) => ({ path, expected, got: `{{${key}}}`, hint: "give it in env" }));
}

function keyProblem(path: string, { key }: Placeholder, known: TemplateValues): readonly Problem[] {
  if (known.get(key) !== undefined) return [];
  const got = `{{${key.slice(0, longestShown)}}}`;
  if (key === "") return [{ path, expected: "a key between {{ and }}", got }];
  const isOutput = key.startsWith(outputPrefix);
  const expected = isOutput ? "an output that an earlier step saved" : "a key of secrets or a built-in key";
  // An output resembles other outputs by its own name alone, not by the word they all begin with.
  const rivals = [...known.keys()].filter((other) => other.startsWith(outputPrefix) === isOutput);
  const near = nearest(key.slice(0, longestShown), rivals);
  const problem = { path, expected, got };
  return [near === null ? problem : { ...problem, hint: `did you mean {{${near}}}?` }];
}

function filterProblem(path: string, { key, filter }: Placeholder): readonly Problem[] {
  if (filter === null || isFilter(filter)) return [];
  const expected = `one filter of ${filterNames.join(", ")}`;
  const problem = { path, expected, got: `{{${`${key} | ${filter}`.slice(0, longestShown)}}}` };
  const near = nearest(filter.slice(0, longestShown), filterNames);
  return [near === null ? problem : { ...problem, hint: `did you mean {{${key.slice(0, longestShown)} | ${near}}}?` }];
}

function conditionProblem(path: string, { when }: Action, known: TemplateValues): readonly Problem[] {
  const name = when?.output?.name;
  if (name === undefined || known.get(outputPrefix + name) !== undefined) return [];
  return [{ path, expected: "an output that an earlier step saved", got: JSON.stringify(name) }];
}
