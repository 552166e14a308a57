// What a job requests: one request of its own, or a list of actions.
import { type FieldReader, readerAt, readList } from "./field-readers.ts";
import { type Action, isRunnable } from "./job.ts";
import { type ActionDefaults, parseAction, parseOnlyAction, requestFields } from "./parse-action.ts";
import { type ProblemList, renderKind } from "./problem-list.ts";

const mostActions = 100;

/** `defaults` are the job's own over the config's; `meant` the fields that misspelt ones of the job were meant to be. */
export function parseActions(
  reader: FieldReader,
  defaults: ActionDefaults,
  meant: ReadonlySet<string>,
): readonly Action[] {
  const { fields, problems } = reader;
  if (!fields.has("actions")) {
    return meant.has("actions") ? [] : [parseOnlyAction(reader, meant, defaults)];
  }
  for (const key of requestFields.filter((field) => fields.has(field))) {
    const got = renderKind(fields.get(key));
    problems.add({ path: key, expected: "no such field beside actions", got, hint: "put it into an action" });
  }
  const expected = `a list of 1-${mostActions} actions`;
  const items = readList(reader, "actions", { expected, most: mostActions }) ?? [];
  const actions = items.map(({ path, value }, index) => {
    const action = readerAt(reader, { path, value, expected: "an object" });
    return action === undefined ? null : parseAction(action, index, defaults);
  });
  checkNames(actions, problems);
  const read = actions.filter((action) => action !== null);
  hintNever(read, problems);
  return read;
}

/** Steps are told apart by name in records and messages. */
function checkNames(actions: readonly (Action | null)[], problems: ProblemList): void {
  const seen = new Set<string>();
  for (const [index, action] of actions.entries()) {
    if (action === null) continue;
    const { name } = action;
    if (seen.has(name)) {
      problems.add({ path: `actions[${index}].name`, expected: "a name no other action has", value: name });
    }
    seen.add(name);
  }
}

function hintNever(actions: readonly Action[], problems: ProblemList): void {
  for (const [index, { when }] of actions.entries()) {
    if (when?.previous !== "error" || mayFollowError(actions.slice(0, index))) continue;
    const why = "no step that may come right before it has continue_on_failure";
    problems.hint(`actions[${index}].when.previous: "error" never holds: ${why}`);
  }
}

/** Whether the last of the steps that is not skipped may fail without ending the run. */
function mayFollowError(before: readonly Action[]): boolean {
  const sent = before.filter(isRunnable);
  const last = sent.findLastIndex(({ when }) => when === null);
  return sent.slice(Math.max(last, 0)).some(({ continueOnFailure }) => continueOnFailure);
}
