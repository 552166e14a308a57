// $regexMatch. Its captures would need PCRE itself, so $regexFind and $regexFindAll are not here.
import { BSONRegExp } from "bson";
import { CommandError } from "../../command-error.ts";
import { type CompiledPattern, compilePattern } from "../../query/pattern.ts";
import { absent, named, type Optional } from "../arguments.ts";
import { isNullish, type Operators, type Result } from "../expression.ts";

const name = "$regexMatch";

export const regexes: Operators = {
  [name]: named(
    ["input", "regex", "options"],
    {
      required: {
        input: [31022, () => `${name} requires 'input' parameter`],
        regex: [31023, () => `${name} requires 'regex' parameter`],
      },
      optional: ["options"],
      notDocument: [51103, (kind) => `${name} expects an object of named arguments but found: ${kind}`],
      unknown: [31024, (found) => `${name} found an unknown argument: ${found}`],
    },
    ({ input, regex, options }) => {
      const pattern = compile(regex as Result, options);
      const text = input as Result;
      if (!isNullish(text) && typeof text !== "string") {
        throw new CommandError(51104, `${name} needs 'input' to be of type string`);
      }
      return pattern !== null && !isNullish(text) && pattern.test(text);
    },
  ),
};

function compile(regex: Result, given: Optional): CompiledPattern | null {
  const options = given === absent || isNullish(given) ? "" : given;
  if (typeof options !== "string") throw new CommandError(51106, `${name} needs 'options' to be of type string`);
  if (isNullish(regex)) return null;
  if (typeof regex !== "string" && !(regex instanceof BSONRegExp)) {
    throw new CommandError(51105, `${name} needs 'regex' to be of type string or regex`);
  }
  const [pattern, own] = typeof regex === "string" ? [regex, ""] : [regex.pattern, regex.options];
  if (own !== "" && given !== absent && !isNullish(given)) {
    const problem = "found regex option(s) specified in both 'regex' and 'option' fields";
    throw new CommandError(51107, `${name}: ${problem}`);
  }
  return compileWith(pattern, own || options);
}

function compileWith(pattern: string, options: string): CompiledPattern {
  const strange = /[^imsx]/.exec(options)?.[0];
  if (strange !== undefined) throw new CommandError(51108, `${name} invalid flag in regex options: ${strange}`);
  try {
    return compilePattern(pattern, options);
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 51091) throw error;
    const why = error.message.replace("Regular expression is invalid: ", "");
    throw new CommandError(51111, `Invalid Regex in ${name}: ${why}`);
  }
}
