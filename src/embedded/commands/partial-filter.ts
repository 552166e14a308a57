// Which conditions a partial index may have: those that MongoDB takes, so that an index made here can be made there.
import { CommandError } from "../command-error.ts";
import { isDocument, type Value, type ValueDocument } from "../values/value.ts";

const comparisons = new Set(["$eq", "$gt", "$gte", "$lt", "$lte", "$type", "$in"]);

/** Throws CannotCreateIndex. */
export function judgePartialFilter(filter: ValueDocument): void {
  for (const [name, condition] of Object.entries(filter)) {
    if (name === "$and" || name === "$or") for (const branch of branchesOf(condition)) judgePartialFilter(branch);
    else if (name.startsWith("$")) throw notAllowed(name);
    else judgeCondition(condition);
  }
}

function branchesOf(branches: Value): readonly ValueDocument[] {
  return Array.isArray(branches) ? branches.filter(isDocument) : [];
}

function judgeCondition(condition: Value): void {
  if (!isDocument(condition)) return;
  for (const [operator, operand] of Object.entries(condition)) {
    if (!operator.startsWith("$") || comparisons.has(operator)) continue;
    if (operator === "$exists" && operand === true) continue;
    throw notAllowed(operator);
  }
}

function notAllowed(operator: string): CommandError {
  return new CommandError("CannotCreateIndex", `Expression not supported in partial index: ${operator}`);
}
