// Pipelines against the answers of a real mongod, and what the tables cannot say.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { evaluateExpression } from "../../../src/embedded/aggregation/expressions.ts";
import { type PipelineOptions, runPipeline } from "../../../src/embedded/aggregation/pipeline.ts";
import { CommandError } from "../../../src/embedded/command-error.ts";
import type { Value, ValueDocument } from "../../../src/embedded/values/value.ts";
import { groupStages } from "./answers/group-stages.ts";
import { others, type PipelineAnswer, rows } from "./answers/pipeline-answers.ts";
import { projectStages } from "./answers/project-stages.ts";
import { selectStages } from "./answers/select-stages.ts";
import { date, double, exact, long, type Plain, Refused, typed, typedDocument } from "./typed.ts";

type PlainDocument = { readonly [field: string]: Plain };

const now = date("2024-02-29T13:14:15.678Z");
const scope = { now, variables: {}, evaluate: evaluateExpression };

interface Given {
  readonly documents?: readonly PlainDocument[];
  readonly other?: readonly PlainDocument[];
  readonly random?: () => number;
}

/** Every input is frozen to its depths, so that a stage that writes into it throws. */
function run(
  pipeline: readonly PlainDocument[],
  { documents = rows, other = [], random }: Given = {},
): ValueDocument[] {
  const options: PipelineOptions = {
    scope,
    lookup: (name) => (name === "other" ? other.map(frozen) : []),
    ...(random && { random }),
  };
  return [...runPipeline(pipeline.map(typedDocument), documents.map(frozen), options)];
}

function frozen(plain: PlainDocument): ValueDocument {
  const document = typedDocument(plain);
  freeze(document);
  return document;
}

function freeze(value: Value): void {
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value ?? 0) === Object.prototype;
  if (!isPlain || typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) freeze(inner as Value);
  Object.freeze(value);
}

const answers = { ...selectStages, ...projectStages, ...groupStages };

describe("a pipeline is answered as MongoDB does, its input unchanged", () => {
  for (const [stage, cases] of Object.entries(answers)) {
    test(stage, () => {
      for (const each of cases) assertAnswer(each);
    });
  }
});

function assertAnswer({ pipeline, documents, other, answer, inAnyOrder }: PipelineAnswer): void {
  const what = exact(typed(pipeline));
  const given = { ...(documents && { documents }), ...(other && { other }) };
  if (answer instanceof Refused) {
    assert.throws(() => run(pipeline, given), isRefusal(answer), what);
    return;
  }
  const [found, expected] = [run(pipeline, given).map(exact), answer.map((document) => exact(typed(document)))];
  assert.deepEqual(inAnyOrder ? found.sort() : found, inAnyOrder ? expected.sort() : expected, what);
}

function isRefusal({ code, message }: Refused): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof CommandError, String(error));
    assert.deepEqual([error.code, message === null ? null : error.message], [code, message]);
    return true;
  };
}

/** Yields numbered documents and says how many were asked for. */
function counting(): { readonly input: Iterable<ValueDocument>; read(): number } {
  let count = 0;
  function* numbers(): Generator<ValueDocument> {
    while (true) yield typedDocument({ _id: count++ });
  }
  return { input: numbers(), read: () => count };
}

const options: PipelineOptions = { scope, lookup: () => [] };

describe("reading", () => {
  test("a match with a limit reads no more than it needs of an endless input", () => {
    const { input, read } = counting();
    const pipeline = [{ $match: { _id: { $gte: 3 } } }, { $limit: 2 }].map(typedDocument);
    assert.equal([...runPipeline(pipeline, input, options)].length, 2);
    assert.equal(read(), 5);
  });

  test("stages that change documents one by one are as lazy", () => {
    const { input, read } = counting();
    const pipeline = [
      { $skip: 1 },
      { $set: { a: "$_id" } },
      { $unset: "b" },
      { $project: { a: 1 } },
      { $unwind: "$a" },
      { $replaceWith: "$$ROOT" },
      { $lookup: { from: "none", localField: "a", foreignField: "a", as: "r" } },
      { $limit: 1 },
    ].map(typedDocument);
    assert.equal([...runPipeline(pipeline, input, options)].length, 1);
    assert.equal(read(), 2);
  });

  test("a pipeline with an unknown stage or operator reads nothing", () => {
    for (const bad of [
      { $nope: {} },
      { $set: { a: { $nope: 1 } } },
      { $match: { $expr: { $nope: 1 } } },
      { $group: { _id: { $nope: 1 } } },
      { $facet: { a: [{ $set: { a: { $nope: 1 } } }] } },
    ]) {
      const { input, read } = counting();
      const pipeline = [{ $match: {} }, bad].map(typedDocument);
      assert.throws(() => runPipeline(pipeline, input, options), CommandError);
      assert.equal(read(), 0);
    }
  });

  test("the other collection of a join is not changed by what follows", () => {
    const pipeline = [
      { $lookup: { from: "other", localField: "s", foreignField: "k", as: "r" } },
      { $set: { "r.touched": true } },
      { $unwind: "$r" },
      { $unset: "r.k" },
    ];
    assert.equal(run(pipeline, { other: others }).length, 6);
  });

  test("the present time is that of the command in every stage", () => {
    const [first] = run([{ $match: { $expr: { $lt: [null, "$$NOW"] } } }, { $project: { _id: 0, at: "$$NOW" } }]);
    assert.equal(exact(first), exact({ at: now }));
  });
});

describe("types", () => {
  test("what passes through keeps its type", () => {
    const documents = [{ _id: double(1), a: long("5"), b: [double(2), { c: long("3") }] }];
    const through = [
      { $match: { _id: 1 } },
      { $sort: { _id: 1 } },
      { $set: { x: "$a" } },
      { $unset: "x" },
      { $project: { a: 1, b: 1 } },
      { $group: { _id: "$_id", all: { $push: "$$ROOT" } } },
      { $unwind: "$all" },
      { $replaceWith: "$all" },
    ];
    assert.deepEqual(
      run(through, { documents }).map(exact),
      documents.map((document) => exact(typed(document))),
    );
  });

  test("a field named __proto__ is a field", () => {
    const [document] = run([{ $project: { _id: 0 } }, { $group: { _id: null, ["__proto__"]: { $sum: 1 } } }]);
    assert.ok(Object.hasOwn(document as ValueDocument, "__proto__"));
    const [counted] = run([{ $count: "__proto__" }]);
    assert.ok(Object.hasOwn(counted as ValueDocument, "__proto__"));
  });
});

describe("$sample", () => {
  test("gives that many documents, each at most once, by the random numbers it is given", () => {
    const numbers = [0.1, 0.9, 0.3, 0.7, 0.2, 0.6, 0.4];
    let at = 0;
    const random = () => numbers[at++ % numbers.length] as number;
    const chosen = run([{ $sample: { size: 3 } }], { random }).map(({ _id }) => exact(_id));
    assert.equal(new Set(chosen).size, 3);
    at = 0;
    assert.deepEqual(
      run([{ $sample: { size: 3 } }], { random }).map(({ _id }) => exact(_id)),
      chosen,
    );
    at = 3;
    assert.notDeepEqual(
      run([{ $sample: { size: 3 } }], { random }).map(({ _id }) => exact(_id)),
      chosen,
    );
  });
});

describe("differs", () => {
  test("differs: a join has no pipeline, and no position in an array", () => {
    for (const join of [
      { from: "other", let: {}, pipeline: [], as: "r" },
      { from: "other", pipeline: [], as: "r" },
      { from: "other", localField: "l.0", foreignField: "k", as: "r" },
    ]) {
      assert.throws(() => run([{ $lookup: join }]), isRefusal(new Refused(238, null)));
    }
  });
});
