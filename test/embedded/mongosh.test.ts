// A real mongosh against the embedded store, where one is on PATH (`npm install --global mongosh@2`).
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { type EmbeddedTarget, startEmbeddedTarget } from "../helpers/embedded-server.ts";

const found = spawnSync("mongosh", ["--version"], { encoding: "utf8" });
const skip = found.status === 0 ? false : "no mongosh on PATH: install it with npm install --global mongosh@2";

let server: EmbeddedTarget;
before(async () => {
  server = await startEmbeddedTarget();
});
after(() => server.stop());

/** What mongosh prints when these lines are typed. */
function type(lines: readonly string[]): Promise<string> {
  const uri = server.uri.replace(/\/\??$/, "/shop");
  const shell = spawn("mongosh", [uri, "--quiet"], { stdio: ["pipe", "pipe", "inherit"] });
  let text = "";
  shell.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  shell.stdin.end(`${[...lines, "exit"].join("\n")}\n`);
  return new Promise((resolve, reject) => {
    shell.once("error", reject);
    shell.once("close", () => resolve(text));
  });
}

/** The results of statements, one JSON value a line, in the order of the statements. */
async function evaluate(statements: readonly string[]): Promise<readonly unknown[]> {
  const text = await type(statements.map((statement) => `print("=" + EJSON.stringify(${statement}))`));
  return [...text.matchAll(/^(?:\w+> )?=(.*)$/gm)].map(([, json]) => JSON.parse(json ?? "null"));
}

const everydayWork: readonly (readonly [string, unknown])[] = [
  ["db.t.insertOne({_id: 1, a: 1})", { acknowledged: true, insertedId: 1 }],
  ["db.t.insertMany([{_id: 2, a: 2}, {_id: 3, a: 3}])", { acknowledged: true, insertedIds: { 0: 2, 1: 3 } }],
  [
    "db.t.find().sort({a: -1}).limit(2).toArray()",
    [
      { _id: 3, a: 3 },
      { _id: 2, a: 2 },
    ],
  ],
  ["db.t.findOne({a: 2})", { _id: 2, a: 2 }],
  ["db.t.updateOne({a: 2}, {$set: {b: 1}}).modifiedCount", 1],
  ["db.t.updateMany({}, {$inc: {a: 1}}).modifiedCount", 3],
  ["db.t.countDocuments({a: {$gt: 2}})", 2],
  ["db.t.aggregate([{$group: {_id: null, n: {$sum: '$a'}}}]).toArray()", [{ _id: null, n: 9 }]],
  ["db.t.createIndex({a: 1})", "a_1"],
  ["db.t.getIndexes().map(({name}) => name)", ["_id_", "a_1"]],
  ["db.t.distinct('a')", [2, 3, 4]],
  ["db.t.find({a: 3}).explain().queryPlanner.winningPlan.inputStage.stage", "IXSCAN"],
  ["db.t.find({b: 1}).explain().queryPlanner.winningPlan.stage", "COLLSCAN"],
  ["db.t.deleteMany({a: {$lt: 3}}).deletedCount", 1],
  ["db.t.drop()", true],
];

test("mongosh does its everyday work", { skip }, async () => {
  const results = await evaluate(everydayWork.map(([statement]) => statement));
  assert.deepEqual(
    results,
    everydayWork.map(([, expected]) => expected),
  );
});

test("mongosh lists databases and collections, and pages with it", { skip }, async () => {
  const insert = "db.p.insertMany([...Array(45).keys()].map((_id) => ({_id}))).acknowledged";
  const text = await type([insert, "show dbs", "show collections", "db.p.find()", "it", "it"]);
  assert.match(text, /shop +\d+/);
  assert.match(text, /^(\w+> )?p$/m);
  const ids = [...text.matchAll(/_id: (\d+)/g)].map(([, id]) => Number(id));
  assert.deepEqual(ids, [...Array(45).keys()]);
  assert.equal(text.split('Type "it" for more').length, 3);
});
