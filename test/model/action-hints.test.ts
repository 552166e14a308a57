// What is right in every field and still cannot be meant.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { jobOf } from "./parse-fixtures.ts";

const never = "no step that may come right before it has continue_on_failure";
const alarm = { when: { previous: "error" } };
const kept = { continue_on_failure: true };

const chains: readonly (readonly [before: string, actions: readonly object[], hinted: readonly number[]])[] = [
  ["nothing", [alarm], [0]],
  ["a step that ends the run when it fails", [{}, alarm], [1]],
  ["a step that goes on", [kept, alarm], []],
  ["a step that goes on and then one that does not", [kept, {}, alarm], [2]],
  ["a step that goes on and one that may be skipped", [kept, { when: { hour_in: [1] } }, alarm], []],
  ["a step that goes on and one that is not supported", [kept, { type: "mail" }, alarm], []],
  ["one that may be skipped and goes on", [{}, { ...kept, when: { hour_in: [1] } }, alarm], []],
  ["a program that goes on", [{ type: "exec", command: ["/bin/true"], ...kept }, alarm], []],
];

describe("previous error after", () => {
  for (const [before, actions, hinted] of chains) {
    test(`${before} ${hinted.length > 0 ? "never holds, says a hint" : "has no hint"}`, () => {
      const full = actions.map((one) => ("type" in one ? one : { url: "https://x.example.com/", ...one }));
      const { hints } = jobOf({ _id: "report", name: "report", hour: 3, actions: full });
      const expected = hinted.map((index) => `actions[${index}].when.previous: "error" never holds: ${never}`);
      assert.deepEqual(
        hints.filter((hint) => hint.includes("previous")),
        expected,
      );
    });
  }
});
