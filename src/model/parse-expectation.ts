// `expect` and `save` of an action: what its answer must hold, and what of it later steps use.
import { type Expectation, type JsonExpectation, outputNamePattern, type SavedOutput } from "./expectation.ts";
import { type FieldReader, readerAt, readList, readObject } from "./field-readers.ts";
import { type JsonPath, parseJsonPath } from "./json-path.ts";
import { checkFields, type KnownFields } from "./known-fields.ts";
import { parseValueTests } from "./parse-value-tests.ts";
import type { Plain } from "./plain-value.ts";
import { fieldPath, renderKind } from "./problem-list.ts";
import { parseStatusRange, type StatusRange, statusForms } from "./status-range.ts";
import { operatorNames } from "./value-test.ts";

export const expectationFields: KnownFields = { known: ["status", "body_contains", "json"] };
export const jsonExpectationFields: KnownFields = { known: ["path", ...operatorNames] };

const mostStatuses = 20;
const mostPaths = 50;
const longestWanted = 1000;

/** The expectation in field `expect` as a whole, or `outer` where there is none. */
export function parseExpectation(reader: FieldReader, outer: Expectation | null): Expectation | null {
  const expect = readObject(reader, "expect", "an object with status, body_contains or json");
  if (expect === undefined) return outer;
  checkFields(expect, expectationFields);
  if (expect.fields.size === 0) {
    expect.problems.add({ path: expect.path, expected: "status, body_contains or json", got: "an empty object" });
  }
  return {
    status: parseStatuses(expect),
    bodyContains: parseWanted(expect),
    json: parseJsonExpectations(expect),
  };
}

/** The outputs in field `save`, in the order they are written. */
export function parseSave(reader: FieldReader): readonly SavedOutput[] {
  const save = readObject(reader, "save", 'an object of names and JSONPaths, such as {"id": "$.id"}');
  if (save === undefined) return [];
  if (save.fields.size === 0 || save.fields.size > mostPaths) {
    save.problems.add({ path: save.path, expected: `1-${mostPaths} names`, got: String(save.fields.size) });
    return [];
  }
  return [...save.fields].flatMap(([name, value]) => {
    const at = fieldPath(save.path, name);
    const expected = "a name of up to 64 letters, digits and _ that does not begin with a digit";
    if (!outputNamePattern.test(name)) save.problems.add({ path: at, expected, got: "another one" });
    const path = parsePath(save, at, value);
    return path === null ? [] : [{ name, path }];
  });
}

function parseStatuses(expect: FieldReader): readonly StatusRange[] | null {
  const expected = `a list of 1-${mostStatuses}: ${statusForms}`;
  const items = readList(expect, "status", { expected, most: mostStatuses });
  if (items === undefined) return null;
  return items.flatMap(({ path, value }) => {
    const range = parseStatusRange(value);
    if (range === null) expect.problems.add({ path, expected: statusForms, value });
    return range ?? [];
  });
}

function parseWanted(expect: FieldReader): string | null {
  const value = expect.fields.get("body_contains");
  if (value === undefined) return null;
  if (typeof value === "string" && value !== "" && value.length <= longestWanted) return value;
  const path = fieldPath(expect.path, "body_contains");
  expect.problems.add({ path, expected: `a text of 1-${longestWanted} characters`, got: renderKind(value) });
  return null;
}

function parseJsonExpectations(expect: FieldReader): readonly JsonExpectation[] {
  const expected = `a list of 1-${mostPaths} objects such as {"path": "$.ok", "eq": true}`;
  const items = readList(expect, "json", { expected, most: mostPaths }) ?? [];
  return items.flatMap((item) => {
    const one = readerAt(expect, { ...item, expected: 'an object such as {"path": "$.ok", "eq": true}' });
    if (one === undefined) return [];
    checkFields(one, jsonExpectationFields);
    const path = parsePath(one, fieldPath(one.path, "path"), one.fields.get("path"));
    const tests = parseValueTests(one);
    return path === null ? [] : [{ path, tests }];
  });
}

function parsePath({ problems }: FieldReader, at: string, value: Plain | undefined): JsonPath | null {
  const parsed = typeof value === "string" ? parseJsonPath(value) : { expected: 'a JSONPath such as "$.items[0].id"' };
  if ("path" in parsed) return parsed.path;
  problems.add({ path: at, expected: parsed.expected, value });
  return null;
}
