// Expressions against the answers of a real mongod, and what the tables cannot say.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { evaluateExpression, evaluateVariables } from "../../../src/embedded/aggregation/expressions.ts";
import { operators } from "../../../src/embedded/aggregation/operators.ts";
import { CommandError } from "../../../src/embedded/command-error.ts";
import type { QueryScope } from "../../../src/embedded/query/scope.ts";
import type { Value } from "../../../src/embedded/values/value.ts";
import { arithmetic } from "./answers/arithmetic.ts";
import { arrays } from "./answers/arrays.ts";
import { comparison } from "./answers/comparison.ts";
import { control } from "./answers/control.ts";
import { conversions } from "./answers/conversions.ts";
import { convert } from "./answers/convert.ts";
import { dateArithmetic } from "./answers/date-arithmetic.ts";
import { dateTexts } from "./answers/date-texts.ts";
import { dates } from "./answers/dates.ts";
import type { ExpressionAnswer } from "./answers/expression-answers.ts";
import { leases } from "./answers/leases.ts";
import { objects } from "./answers/objects.ts";
import { rounding } from "./answers/rounding.ts";
import { sets } from "./answers/sets.ts";
import { strings } from "./answers/strings.ts";
import { substrings } from "./answers/substrings.ts";
import { totals } from "./answers/totals.ts";
import { types } from "./answers/types.ts";
import { date, decimal, double, exact, long, nothing, type Plain, Refused, typed, typedDocument } from "./typed.ts";

const now = date("2024-02-29T13:14:45.678Z");
const scope: QueryScope = { now, variables: {}, evaluate: evaluateExpression };

function evaluate(expression: Plain, document: { readonly [field: string]: Plain } = {}, within = scope): Value {
  return evaluateExpression(typed(expression), within)(typedDocument(document));
}

const answers = {
  ...{ ...arithmetic, ...rounding, ...comparison, ...control, ...totals, ...objects },
  ...{ ...arrays, ...sets, ...strings, ...substrings, ...types, ...conversions, ...convert },
  ...{ ...dates, ...dateTexts, ...dateArithmetic },
};

describe("an expression is answered as MongoDB does", () => {
  for (const [name, cases] of Object.entries(answers)) {
    test(name, () => {
      for (const each of cases) assertAnswer(each);
    });
  }

  test("every allowed operator has recorded answers", () => {
    const without = Object.keys(operators).filter((name) => (answers[name]?.length ?? 0) < 4);
    assert.deepEqual(without, []);
  });
});

function assertAnswer([expression, document, answer]: ExpressionAnswer): void {
  const what = `${exact(typed(expression))} of ${exact(typed(document))}`;
  if (answer instanceof Refused) {
    assert.throws(() => evaluate(expression, document), isRefusal(answer), what);
    return;
  }
  const value = evaluate(expression, document);
  if (answer === nothing) assert.equal(value, undefined, what);
  else assert.equal(comparable(expression, value), comparable(expression, typed(answer as Plain)), what);
}

function isRefusal({ code, message }: Refused): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof CommandError, String(error));
    assert.deepEqual([error.code, message === null ? null : error.message], [code, message]);
    return true;
  };
}

/** MongoDB leaves the order of a union open. */
function comparable(expression: Plain, value: Value): string {
  const isUnion = typeof expression === "object" && "$setUnion" in (expression ?? {}) && Array.isArray(value);
  return isUnion ? value.map(exact).sort().join() : exact(value);
}

const epoch = date("1970-01-01T00:00:00.000Z");
const leaseExpired = {
  $lt: [
    {
      $add: [
        {
          $min: [
            { $convert: { input: "$beat_at", to: "date", onError: epoch, onNull: epoch } },
            date("9999-12-31T23:59:59.999Z"),
          ],
        },
        {
          $max: [
            0,
            { $min: [{ $convert: { input: "$lease_ms", to: "long", onError: 0, onNull: 0 } }, double(31_536_000_000)] },
          ],
        },
      ],
    },
    "$$NOW",
  ],
};

test("a lease has run out by the clock of the command, whatever types stand in the row", () => {
  for (const [row, isExpired] of leases) {
    assert.equal(evaluate(leaseExpired, row), isExpired, exact(typed(row)));
  }
});

describe("traps of comparisons and variables", () => {
  test("a missing field is less than the present time", () => {
    assert.equal(evaluate({ $lte: ["$missing", "$$NOW"] }), true);
    assert.equal(evaluate({ $lt: [null, "$$NOW"] }), true);
  });

  test("the present time is the command's one reading of the clock", () => {
    assert.equal(evaluate("$$NOW"), now);
    assert.equal(evaluate({ $gt: ["$created_at", { $subtract: ["$$NOW", 600_000] }] }, { created_at: now }), true);
    const later = { ...scope, now: date("2024-02-29T14:00:00.000Z") };
    const expression = { $gt: ["$created_at", { $subtract: ["$$NOW", 600_000] }] };
    assert.equal(evaluate(expression, { created_at: now }, later), false);
  });

  test("a variable of the command is seen, and an expression of its own may shadow it", () => {
    const within = { ...scope, variables: evaluateVariables(typedDocument({ limit: { $add: [1, 2] } }), now) };
    assert.equal(exact(evaluate("$$limit", {}, within)), exact(typed(3)));
    const shadowed = { $let: { vars: { limit: "inner" }, in: "$$limit" } };
    assert.equal(evaluate(shadowed, {}, within), "inner");
  });

  test("a value of a variable that looks like a path is a value", () => {
    const within = { ...scope, variables: { name: "$secret" } };
    assert.equal(evaluate("$$name", { secret: 1 }, within), "$secret");
  });

  test("a long beyond what a double holds stays exact", () => {
    assert.equal(
      exact(evaluate({ $add: ["$v", 1] }, { v: long("9007199254740993") })),
      exact(long("9007199254740994")),
    );
  });

  test("what was only passed through keeps its type", () => {
    const document = { int: 1, double: double(1), long: long("1"), decimal: decimal("1.0") };
    assert.equal(exact(evaluate("$$ROOT", document)), exact(typed(document)));
  });

  test("fields with the names of what every JavaScript object has are fields", () => {
    for (const name of ["constructor", "toString", "hasOwnProperty", "valueOf", "__proto__"]) {
      assert.equal(evaluate(`$${name}`), undefined, name);
      assert.equal(evaluate(`$a.${name}`, { a: {} }), undefined, name);
    }
    const made = evaluate({ $setField: { field: "__proto__", input: {}, value: { polluted: true } } });
    assert.ok(Object.hasOwn(made as object, "__proto__"));
    assert.equal(Reflect.get({}, "polluted"), undefined);
  });

  test("the document is not changed", () => {
    const document = typedDocument({ a: { b: 1 }, l: [3, 1, 2] });
    const before = exact(document);
    for (const expression of [
      { $setField: { field: "x", input: "$a", value: 1 } },
      { $unsetField: { field: "b", input: "$a" } },
      { $mergeObjects: ["$a", { z: 1 }] },
      { $sortArray: { input: "$l", sortBy: 1 } },
      { $reverseArray: "$l" },
      { $concatArrays: ["$l", [9]] },
    ]) {
      evaluateExpression(typed(expression), scope)(document);
    }
    assert.equal(exact(document), before);
  });
});

describe("differs", () => {
  test("differs: a date string that is not ISO 8601 does not convert", () => {
    for (const input of ["Feb 29 2024", "2024/02/29", "20240229T131415Z", "2024-02-29T13:14:15 UTC"]) {
      assert.equal(evaluate({ $convert: { input, to: "date", onError: "refused" } }), "refused", input);
    }
  });

  test("differs: what only decimals would need is refused", () => {
    for (const name of ["$divide", "$mod"]) {
      const expression = { [name]: [decimal("1.5"), 2] };
      assert.throws(() => evaluate(expression), isRefusal(new Refused(238, null)), name);
    }
    assert.throws(() => evaluate({ $avg: [decimal("1.5"), 1] }), isRefusal(new Refused(238, null)));
    assert.throws(() => evaluate({ $add: [now, decimal("1.5")] }), isRefusal(new Refused(238, null)));
  });

  test("differs: a constant that fails is noticed when it is reached", () => {
    assert.equal(evaluate({ $or: [true, { $add: ["x", 1] }] }), true);
  });

  test("differs: replacing nothing goes by characters, where MongoDB cuts them into bytes", () => {
    assert.equal(evaluate({ $replaceAll: { input: "a😀", find: "", replacement: "-" } }), "-a-😀-");
  });

  test("differs: a date outside of JavaScript's years is out of range", () => {
    assert.throws(() => evaluate({ $toDate: long("9007199254740993") }), isRefusal(new Refused(241, null)));
  });
});
