// $push with $each, $position, $slice and $sort, in this order whatever the order they are written in.
import { CommandError } from "../command-error.ts";
import { parseLong } from "../query/integer-operand.ts";
import { fieldOf, isArray, isDocument, kindOf, missing, type Value, type ValueDocument } from "../values/value.ts";
import { idText, type Modifier, type Place, unchanged } from "./modifier.ts";
import { type ElementOrder, parseElementOrder } from "./push-sort.ts";

interface Push {
  readonly values: readonly Value[];
  readonly slice: number | null;
  readonly order: ElementOrder | null;
  readonly position: number | null;
}

export function parsePush(operand: Value): Modifier {
  const push = isDocument(operand) && Object.hasOwn(operand, "$each") ? parseClauses(operand) : plain(operand);
  return {
    change: (value, place) => {
      if (!isArray(value)) throw notAnArray(value, place);
      const result = pushInto(value, push);
      // To sort counts as a change, also what is in order already.
      const isSorted = push.order !== null && value.length > 0;
      const isTouched = push.values.length > 0 || isSorted || result.length < value.length;
      return isTouched ? result : unchanged;
    },
    create: () => pushInto([], push),
  };
}

const plain = (value: Value): Push => ({ values: [value], slice: null, order: null, position: null });

const clauses: ReadonlySet<string> = new Set(["$each", "$slice", "$sort", "$position"]);

function parseClauses(operand: ValueDocument): Push {
  const unknown = Object.keys(operand).find((clause) => !clauses.has(clause));
  if (unknown !== undefined) throw refused(`Unrecognized clause in $push: ${unknown}`);
  const values = operand.$each;
  if (!isArray(values)) {
    throw refused(`The argument to $each in $push must be an array but it was of type: ${kindOf(values)}`);
  }
  return {
    values,
    slice: parseInteger(operand, "$slice", "must be an integer value but was given type:"),
    order: parseSortClause(fieldOf(operand, "$sort")),
    position: parseInteger(operand, "$position", "must be an integer value, not of type:"),
  };
}

function parseInteger(operand: ValueDocument, clause: string, rule: string): number | null {
  const value = fieldOf(operand, clause);
  if (value === missing) return null;
  const parsed = parseLong(clause, value);
  if (!parsed.ok) throw refused(`The value for ${clause} ${rule} ${kindOf(value)}`);
  return Number(parsed.value);
}

const parseSortClause = (sort: Value | typeof missing): ElementOrder | null =>
  sort === missing ? null : parseElementOrder(sort);

function pushInto(array: readonly Value[], { values, slice, order, position }: Push): Value[] {
  // No arguments of a call: a list may be longer than a call can have.
  const result =
    position === null ? [...array, ...values] : [...array.slice(0, position), ...values, ...array.slice(position)];
  if (order !== null) result.sort(order);
  if (slice === null) return result;
  return slice >= 0 ? result.slice(0, slice) : result.slice(slice);
}

function notAnArray(value: Value, place: Place): CommandError {
  const found = `must be an array but is of type ${kindOf(value)} in document {${idText(place)}}`;
  return refused(`The field '${place.path.join(".")}' ${found}`);
}

const refused = (message: string) => new CommandError("BadValue", message);
