// The operators beside a `path` or a `name`: `{"path": "$.count", "gte": 1, "lt": 10}`.
import type { FieldReader } from "./field-readers.ts";
import { jsonOf } from "./parse-json.ts";
import type { Plain } from "./plain-value.ts";
import { fieldPath } from "./problem-list.ts";
import { jsonTypes, type Operator, operatorNames, type ValueTest } from "./value-test.ts";

/** All of those given; there must be one. `operators`: those that make sense here. */
export function parseValueTests(
  reader: FieldReader,
  operators: readonly Operator[] = operatorNames,
): readonly ValueTest[] {
  const given = operators.filter((operator) => reader.fields.has(operator));
  if (given.length === 0) {
    reader.problems.add({ path: reader.path, expected: `one of ${operators.join(", ")}`, got: "none of them" });
  }
  return given.map((operator) => parseTest(reader, operator, reader.fields.get(operator) ?? null));
}

function parseTest(reader: FieldReader, operator: Operator, value: Plain): ValueTest {
  const path = fieldPath(reader.path, operator);
  const expected = operandExpectation(operator, value);
  if (expected === null) return { operator, value: jsonOf(reader, path, value) };
  reader.problems.add({ path, expected, value });
  return { operator, value: null };
}

function operandExpectation(operator: Operator, value: Plain): string | null {
  if (operator === "exists") return typeof value === "boolean" ? null : "true or false";
  if (operator === "type") {
    return jsonTypes.some((type) => type === value) ? null : `one of ${jsonTypes.join(", ")}, as a text`;
  }
  const isOrder = ["gt", "gte", "lt", "lte"].includes(operator);
  return isOrder && (typeof value !== "number" || !Number.isFinite(value)) ? "a number" : null;
}
