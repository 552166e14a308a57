// $replaceRoot and $replaceWith: another document in the place of each.
import { CommandError } from "../../command-error.ts";
import { fieldOf, isDocument, missing, type Value } from "../../values/value.ts";
import { kindName, renderValue } from "../render-value.ts";
import { mapped, parseOfDocument, type Stage, type StageContext, type StageParser } from "./stage.ts";

export const replaceRoot: StageParser = (argument, context) => {
  if (!isDocument(argument)) {
    const problem = "expected an object as specification for $replaceRoot stage";
    throw new CommandError(40229, `${problem}, got ${kindName(argument)}`);
  }
  const unknown = Object.keys(argument).find((name) => name !== "newRoot");
  if (unknown !== undefined) {
    throw new CommandError(40415, `BSON field '$replaceRoot.${unknown}' is an unknown field.`);
  }
  const newRoot = fieldOf(argument, "newRoot");
  if (newRoot === missing) {
    throw new CommandError(40414, "BSON field '$replaceRoot.newRoot' is missing but a required field");
  }
  return replacing("'newRoot' expression ", newRoot, context);
};

export const replaceWith: StageParser = (argument, context) => replacing("'replacement document' ", argument, context);

function replacing(what: string, expression: Value, context: StageContext): Stage {
  const evaluate = parseOfDocument(expression, context);
  return mapped((document) => {
    const value = evaluate(document);
    if (value !== missing && isDocument(value)) return value;
    const found = `resulting value was: ${renderValue(value)}. Type of resulting value: '${kindName(value)}'`;
    const problem = `${what} must evaluate to an object, but ${found}. Input document: ${renderValue(document)}`;
    throw new CommandError(40228, problem);
  });
}
