import type { Document } from "mongodb";
import { renderValue, typed } from "../render-value.ts";
import { type OperatorTable, type Probes, refill } from "./probes.ts";

interface ProjectionProbe {
  readonly projection: Document;
  readonly filter?: Document;
}

const collectionName = "projections";
const subject = {
  _id: 1,
  a: 1,
  b: { x: 1, y: { z: 2 } },
  list: [1, 2, 3, 4],
  docs: [
    { k: "a", v: 1, w: 9 },
    { k: "b", v: 2 },
    { k: "a", v: 3 },
  ],
};

const probes: Probes<ProjectionProbe> = {
  inclusion: [
    [{ projection: { a: 1 } }, "{ _id: 1, a: 1 }"],
    [{ projection: { _id: 0, a: true } }, "{ a: 1 }"],
    [{ projection: { list: 1, a: 1, _id: 1 } }, "{ _id: 1, a: 1, list: [1, 2, 3, 4] }"],
    [{ projection: { "b.y": 1 } }, "{ _id: 1, b: { y: { z: 2 } } }"],
    [{ projection: { b: { y: 1 } } }, "{ _id: 1, b: { y: { z: 2 } } }"],
    [{ projection: { "docs.k": 1 } }, '{ _id: 1, docs: [{ k: "a" }, { k: "b" }, { k: "a" }] }'],
    [{ projection: { missing: 1 } }, "{ _id: 1 }"],
    [{ projection: { "docs.0": 1 } }, "{ _id: 1, docs: [{}, {}, {}] }"],
    [{ projection: { "b.x": 1, b: 1 } }, "refused 31250"],
    [{ projection: { a: 1, b: 0 } }, "refused 31254"],
    [
      { projection: {} },
      '{ _id: 1, a: 1, b: { x: 1, y: { z: 2 } }, list: [1, 2, 3, 4], docs: [{ k: "a", v: 1, w: 9 }, { k: "b", v: 2 }, { k: "a", v: 3 }] }',
    ],
  ],
  exclusion: [
    [
      { projection: { a: 0, list: 0 } },
      '{ _id: 1, b: { x: 1, y: { z: 2 } }, docs: [{ k: "a", v: 1, w: 9 }, { k: "b", v: 2 }, { k: "a", v: 3 }] }',
    ],
    [
      { projection: { _id: 0 } },
      '{ a: 1, b: { x: 1, y: { z: 2 } }, list: [1, 2, 3, 4], docs: [{ k: "a", v: 1, w: 9 }, { k: "b", v: 2 }, { k: "a", v: 3 }] }',
    ],
    [{ projection: { "b.y.z": 0, docs: 0, list: 0 } }, "{ _id: 1, a: 1, b: { x: 1, y: {} } }"],
    [
      { projection: { "docs.k": 0, b: 0, list: false } },
      "{ _id: 1, a: 1, docs: [{ v: 1, w: 9 }, { v: 2 }, { v: 3 }] }",
    ],
    [{ projection: { a: 0, b: 1 } }, "refused 31253"],
  ],
  expressions: [
    [{ projection: { a: "text" } }, '{ _id: 1, a: "text" }'],
    [{ projection: { c: "$b.x" } }, "{ _id: 1, c: 1 }"],
    [{ projection: { sum: { $add: ["$a", 1] } } }, "{ _id: 1, sum: 2 }"],
    [{ projection: { a: 0, sum: { $add: ["$a", 1] } } }, "refused 31252"],
    [{ projection: { a: { $nonsense: 1 } } }, "refused 31325"],
    [{ projection: { $a: 1 } }, "refused 16410"],
    [{ projection: { "": 1 } }, "refused 40352"],
    [{ projection: { "a.": 1 } }, "refused 40353"],
  ],
  $: [
    [{ projection: { "list.$": 1 }, filter: { list: { $gte: 3 } } }, "{ _id: 1, list: [3] }"],
    [{ projection: { "docs.$": 1 }, filter: { "docs.v": 2 } }, '{ _id: 1, docs: [{ k: "b", v: 2 }] }'],
    [{ projection: { "docs.$": 1 } }, "refused 51246"],
    [{ projection: { "docs.$": 0 }, filter: { "docs.v": 2 } }, "refused 31395"],
  ],
  $elemMatch: [
    [{ projection: { docs: { $elemMatch: { k: "a" } } } }, '{ _id: 1, docs: [{ k: "a", v: 1, w: 9 }] }'],
    [{ projection: { docs: { $elemMatch: { k: "none" } } } }, "{ _id: 1 }"],
    [{ projection: { a: 1, docs: { $elemMatch: { v: { $gt: 1 } } } } }, '{ _id: 1, a: 1, docs: [{ k: "b", v: 2 }] }'],
  ],
  $slice: [
    [{ projection: { list: { $slice: 2 }, docs: 0 } }, "{ _id: 1, a: 1, b: { x: 1, y: { z: 2 } }, list: [1, 2] }"],
    [{ projection: { list: { $slice: -1 }, docs: 0 } }, "{ _id: 1, a: 1, b: { x: 1, y: { z: 2 } }, list: [4] }"],
    [{ projection: { list: { $slice: [1, 2] }, a: 1 } }, "{ _id: 1, a: 1, list: [2, 3] }"],
    [{ projection: { list: { $slice: "x" } } }, "refused 28667"],
  ],
  $meta: [
    [{ projection: { score: { $meta: "textScore" } } }, "refused 40218"],
    [{ projection: { key: { $meta: "indexKey" }, a: 1 } }, "{ _id: 1, a: 1 }"],
  ],
};

export const projections: OperatorTable<ProjectionProbe> = {
  title: "projections",
  probes,
  setUp: (db) => refill(db, collectionName, [subject]),
  ask: async (db, { projection, filter = {} }) =>
    renderValue(await db.collection(collectionName).findOne(filter, { ...typed, projection })),
};
