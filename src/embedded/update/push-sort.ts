// `$sort` of `$push`. Not the order of a query's sort: arrays are compared as a whole and never looked into, but for a
// position named in the path.
import { CommandError } from "../command-error.ts";
import { compareValues } from "../values/compare.ts";
import { toDouble } from "../values/numbers.ts";
import { fieldOf, isArray, isDocument, isNumber, missing, type Value, type ValueDocument } from "../values/value.ts";

export type ElementOrder = (a: Value, b: Value) => number;

/** `1`, `-1` or `{field: 1, …}`. Throws CommandError. */
export function parseElementOrder(sort: Value): ElementOrder {
  if (isDocument(sort)) return orderByFields(parseFields(sort));
  if (!isNumber(sort)) {
    const forms = "use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields";
    throw refused(`The $sort is invalid: ${forms}`);
  }
  const direction = toDouble(sort);
  if (Math.abs(direction) !== 1) throw refused("The $sort element value must be either 1 or -1");
  return (a, b) => direction * compareValues(a, b);
}

interface SortField {
  readonly path: string;
  readonly direction: number;
}

function parseFields(sort: ValueDocument): readonly SortField[] {
  const fields = Object.entries(sort).map(([path, value]) => {
    const direction = isNumber(value) ? toDouble(value) : 0;
    if (Math.abs(direction) !== 1) throw refused("The sort element value must be either 1 or -1");
    if (path === "") throw refused("The sort field cannot be empty");
    if (path.split(".").includes("")) {
      throw refused(`The sort field is a dotted field but has an empty part: ${path}`);
    }
    return { path, direction };
  });
  if (fields.length === 0) throw refused("The sort pattern is empty when it should be a set of fields.");
  return fields;
}

function orderByFields(fields: readonly SortField[]): ElementOrder {
  return (a, b) => {
    for (const { path, direction } of fields) {
      const order = direction * compareValues(keyOf(a, path), keyOf(b, path));
      if (order !== 0) return order;
    }
    return 0;
  };
}

const keyOf = (element: Value, path: string): Value => (isDocument(element) ? valueAt(element, path) : null);

/** A field with that very name comes before the path it spells; missing counts as null. */
function valueAt(container: Value, path: string): Value {
  const whole = childOf(container, path);
  if (whole !== missing) return whole;
  const dot = path.indexOf(".");
  if (dot < 0) return null;
  const child = childOf(container, path.slice(0, dot));
  return child === missing ? null : valueAt(child, path.slice(dot + 1));
}

function childOf(container: Value, name: string): Value | typeof missing {
  if (isDocument(container)) return fieldOf(container, name);
  if (isArray(container) && /^(0|[1-9]\d*)$/.test(name) && Number(name) < container.length)
    return container[Number(name)];
  return missing;
}

const refused = (message: string) => new CommandError("BadValue", message);
