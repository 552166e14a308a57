import { output, pipelineTable } from "./pipeline-table.ts";

const brief = { $project: { item: 1 } };
const byId = { $sort: { _id: 1 } };

export const stages = pipelineTable("aggregation stages", {
  $match: [
    [[{ $match: { who: "ann", count: { $gt: 1 } } }, brief], '{ _id: 1, item: "pen" }, { _id: 3, item: "cap" }'],
    [[{ $match: { $expr: { $gt: ["$count", "$price"] } } }, brief], '{ _id: 1, item: "pen" }, { _id: 3, item: "cap" }'],
    [[{ $match: { a: { $foo: 1 } } }], "refused 2"],
    [[{ $match: 5 }], "refused 15959"],
    [[{ $match: { $where: "true" } }], "refused 2"],
  ],
  $project: [
    [
      [{ $match: { _id: 1 } }, { $project: { who: 1, total: { $multiply: ["$count", "$price"] } } }],
      '{ _id: 1, who: "ann", total: 3.0 }',
    ],
    [
      [{ $match: { _id: 1 } }, { $project: { at: 0, tags: 0 } }],
      '{ _id: 1, who: "ann", item: "pen", count: 2, price: 1.5 }',
    ],
    [
      [{ $match: { _id: 1 } }, { $project: { _id: 0, first: { $arrayElemAt: ["$tags", 0] }, n: "$missing" } }],
      '{ first: "x" }',
    ],
    [
      [{ $match: { _id: 1 } }, { $project: { _id: 0, "o.who": "$who", o: { item: "$item" } } }],
      '{ o: { who: "ann", item: "pen" } }',
    ],
    [[{ $project: {} }], "refused 51272"],
    [[{ $project: { a: 1, b: 0 } }], "refused 31254"],
  ],
  $addFields: [
    [
      [{ $match: { _id: 2 } }, { $addFields: { count: 9, "o.x": "$who", gone: "$missing" } }],
      '{ _id: 2, who: "bob", item: "ink", count: 9, price: 7, at: Date(2024-01-02T00:00:00.000Z), tags: [], o: { x: "bob" } }',
    ],
    [[{ $match: { _id: 2 } }, { $addFields: { "tags.x": 1 } }, { $project: { tags: 1 } }], "{ _id: 2, tags: [] }"],
  ],
  $set: [
    [
      [{ $match: { _id: 1 } }, { $set: { item: "$$REMOVE", at: "$$REMOVE" } }],
      '{ _id: 1, who: "ann", count: 2, price: 1.5, tags: ["x", "y"] }',
    ],
    [
      [{ $match: { _id: 1 } }, { $set: { "tags.n": 1 } }, { $project: { tags: 1 } }],
      "{ _id: 1, tags: [{ n: 1 }, { n: 1 }] }",
    ],
    [
      [{ $set: {} }],
      '{ _id: 1, who: "ann", item: "pen", count: 2, price: 1.5, at: Date(2024-01-01T00:00:00.000Z), tags: ["x", "y"] }, { _id: 2, who: "bob", item: "ink", count: 1, price: 7, at: Date(2024-01-02T00:00:00.000Z), tags: [] }, { _id: 3, who: "ann", item: "cap", count: 5, price: 3, at: Date(2024-01-04T00:00:00.000Z), tags: ["y"] }, { _id: 4, who: "cid", item: "pen", count: null, price: 1.5, at: Date(2024-01-05T00:00:00.000Z), tags: "z" }, { _id: 5, who: "ann", item: "ink", price: "free", at: null }',
    ],
    [[{ $set: 5 }], "refused 40272"],
  ],
  $unset: [
    [[{ $match: { _id: 1 } }, { $unset: ["at", "tags", "price"] }], '{ _id: 1, who: "ann", item: "pen", count: 2 }'],
    [[{ $match: { _id: 2 } }, { $unset: "at" }], '{ _id: 2, who: "bob", item: "ink", count: 1, price: 7, tags: [] }'],
    [[{ $unset: [] }], "refused 31119"],
  ],
  $sort: [
    [
      [{ $sort: { price: 1, _id: -1 } }, brief],
      '{ _id: 4, item: "pen" }, { _id: 1, item: "pen" }, { _id: 3, item: "cap" }, { _id: 2, item: "ink" }, { _id: 5, item: "ink" }',
    ],
    [
      [{ $sort: { count: -1, _id: 1 } }, brief],
      '{ _id: 3, item: "cap" }, { _id: 1, item: "pen" }, { _id: 2, item: "ink" }, { _id: 4, item: "pen" }, { _id: 5, item: "ink" }',
    ],
    [
      [{ $sort: { tags: 1, _id: 1 } }, brief],
      '{ _id: 2, item: "ink" }, { _id: 5, item: "ink" }, { _id: 1, item: "pen" }, { _id: 3, item: "cap" }, { _id: 4, item: "pen" }',
    ],
    [[{ $sort: {} }], "refused 15976"],
    [[{ $sort: { a: 2 } }], "refused 15975"],
  ],
  $limit: [
    [[byId, { $limit: 2 }, brief], '{ _id: 1, item: "pen" }, { _id: 2, item: "ink" }'],
    [[{ $limit: 0 }], "refused 15958"],
    [[{ $limit: -1 }], "refused 5107201"],
  ],
  $skip: [
    [[byId, { $skip: 3 }, brief], '{ _id: 4, item: "pen" }, { _id: 5, item: "ink" }'],
    [[{ $skip: -1 }], "refused 5107200"],
  ],
  $count: [
    [[{ $match: { who: "ann" } }, { $count: "n" }], "{ n: 3 }"],
    [[{ $match: { who: "none" } }, { $count: "n" }], ""],
    [[{ $count: "" }], "refused 40157"],
    [[{ $count: "$n" }], "refused 40158"],
  ],
  $group: [
    [
      [{ $group: { _id: "$who", n: { $sum: 1 } } }, byId],
      '{ _id: "ann", n: 3 }, { _id: "bob", n: 1 }, { _id: "cid", n: 1 }',
    ],
    [[{ $group: { _id: "$count" } }, byId], "{ _id: null }, { _id: 1 }, { _id: 2 }, { _id: 5 }"],
    [
      [{ $group: { _id: { w: "$who", i: "$item" }, total: { $sum: "$price" } } }, byId, { $limit: 2 }],
      '{ _id: { w: "ann", i: "cap" }, total: 3 }, { _id: { w: "ann", i: "ink" }, total: 0 }',
    ],
    [[{ $group: { _id: { m: "$missing" }, n: { $sum: 1 } } }], "{ _id: { m: null }, n: 5 }"],
    [[{ $group: { n: { $sum: 1 } } }], "refused 15955"],
    [[{ $group: { _id: null, n: 1 } }], "refused 40234"],
    [[{ $group: { _id: null, n: { $nonsense: 1 } } }], "refused 15952"],
    [[{ $group: { _id: null, "a.b": { $sum: 1 } } }], "refused 40235"],
  ],
  $unwind: [
    [
      [{ $unwind: "$tags" }, { $project: { tags: 1 } }],
      '{ _id: 1, tags: "x" }, { _id: 1, tags: "y" }, { _id: 3, tags: "y" }, { _id: 4, tags: "z" }',
    ],
    [
      [{ $unwind: { path: "$tags", preserveNullAndEmptyArrays: true } }, { $project: { tags: 1 } }],
      '{ _id: 1, tags: "x" }, { _id: 1, tags: "y" }, { _id: 2 }, { _id: 3, tags: "y" }, { _id: 4, tags: "z" }, { _id: 5 }',
    ],
    [
      [{ $unwind: { path: "$tags", includeArrayIndex: "i" } }, { $project: { tags: 1, i: 1 } }],
      '{ _id: 1, tags: "x", i: Long(0) }, { _id: 1, tags: "y", i: Long(1) }, { _id: 3, tags: "y", i: Long(0) }, { _id: 4, tags: "z", i: null }',
    ],
    [[{ $unwind: "tags" }], "refused 28818"],
    [[{ $unwind: { path: "$tags", foo: 1 } }], "refused 28811"],
  ],
  $lookup: [
    [
      [
        { $match: { _id: { $lt: 3 } } },
        { $lookup: { from: "people", localField: "who", foreignField: "_id", as: "person" } },
        { $project: { person: 1 } },
      ],
      '{ _id: 1, person: [{ _id: "ann", city: "Ulm", boss: "cid" }] }, { _id: 2, person: [{ _id: "bob", city: "Bonn", boss: "ann" }] }',
    ],
    [
      [
        { $match: { _id: { $in: [1, 5] } } },
        { $lookup: { from: "people", localField: "missing", foreignField: "boss", as: "o" } },
        { $project: { "o._id": 1 } },
      ],
      '{ _id: 1, o: [{ _id: "cid" }] }, { _id: 5, o: [{ _id: "cid" }] }',
    ],
    [
      [
        { $match: { _id: 1 } },
        {
          $lookup: {
            from: "people",
            let: { w: "$who" },
            pipeline: [{ $match: { $expr: { $eq: ["$boss", "$$w"] } } }, { $project: { city: 1 } }],
            as: "staff",
          },
        },
        { $project: { staff: 1 } },
      ],
      '{ _id: 1, staff: [{ _id: "bob", city: "Bonn" }] }',
    ],
    [[{ $lookup: { from: "people", as: "x" } }], "refused 9"],
    [
      [
        { $match: { _id: 1 } },
        { $lookup: { from: "none", localField: "a", foreignField: "b", as: "who" } },
        { $project: { who: 1 } },
      ],
      "{ _id: 1, who: [] }",
    ],
  ],
  $graphLookup: [
    [
      [
        { $match: { _id: 2 } },
        {
          $graphLookup: {
            from: "people",
            startWith: "$who",
            connectFromField: "boss",
            connectToField: "_id",
            as: "chain",
            depthField: "depth",
          },
        },
        { $unwind: "$chain" },
        { $sort: { "chain.depth": 1 } },
        { $project: { who: "$chain._id", depth: "$chain.depth" } },
      ],
      '{ _id: 2, who: "bob", depth: Long(0) }, { _id: 2, who: "ann", depth: Long(1) }, { _id: 2, who: "cid", depth: Long(2) }',
    ],
  ],
  $facet: [
    [
      [{ $facet: { n: [{ $count: "n" }], ids: [byId, { $limit: 1 }, { $project: { _id: 1 } }] } }],
      "{ n: [{ n: 5 }], ids: [{ _id: 1 }] }",
    ],
    [[{ $facet: {} }], "refused 40169"],
  ],
  $bucket: [
    [
      [{ $bucket: { groupBy: "$count", boundaries: [0, 2, 10], default: "other" } }],
      '{ _id: 0, count: 1 }, { _id: 2, count: 2 }, { _id: "other", count: 2 }',
    ],
    [[{ $bucket: { groupBy: "$count", boundaries: [0, 2] } }], "refused 4934200"],
  ],
  $bucketAuto: [
    [
      [{ $match: { _id: { $lt: 4 } } }, { $bucketAuto: { groupBy: "$price", buckets: 2 } }],
      "{ _id: { min: 1.5, max: 7 }, count: 2 }, { _id: { min: 7, max: 7 }, count: 1 }",
    ],
  ],
  $sortByCount: [[[{ $sortByCount: "$who" }, { $limit: 1 }], '{ _id: "ann", count: 3 }']],
  $replaceRoot: [
    [[{ $match: { _id: 1 } }, { $replaceRoot: { newRoot: { n: "$who" } } }], '{ n: "ann" }'],
    [[{ $match: { _id: 1 } }, { $replaceRoot: { newRoot: "$who" } }], "refused 40228"],
  ],
  $replaceWith: [
    [[{ $match: { _id: 1 } }, { $replaceWith: { $mergeObjects: [{ a: 0 }, { b: "$item" }] } }], '{ a: 0, b: "pen" }'],
    [[{ $match: { _id: 1 } }, { $replaceWith: "$missing" }], "refused 40228"],
  ],
  $redact: [
    [[{ $redact: { $cond: [{ $eq: ["$who", "bob"] }, "$$KEEP", "$$PRUNE"] } }, brief], '{ _id: 2, item: "ink" }'],
    [[{ $match: { _id: 1 } }, { $redact: "nonsense" }], "refused 17053"],
  ],
  $sample: [
    [
      [{ $sample: { size: 100 } }, byId, { $project: { _id: 1 } }],
      "{ _id: 1 }, { _id: 2 }, { _id: 3 }, { _id: 4 }, { _id: 5 }",
    ],
    [[{ $sample: { size: -1 } }], "refused 28747"],
  ],
  $unionWith: [
    [
      [{ $match: { _id: 1 } }, { $unionWith: "people" }, { $project: { _id: 1 } }, byId],
      '{ _id: 1 }, { _id: "ann" }, { _id: "bob" }, { _id: "cid" }',
    ],
    [
      [{ $match: { _id: 1 } }, brief, { $unionWith: { coll: "people", pipeline: [{ $match: { _id: "bob" } }] } }],
      '{ _id: 1, item: "pen" }, { _id: "bob", city: "Bonn", boss: "ann" }',
    ],
  ],
  $out: [
    [[{ $match: { _id: 1 } }, brief, { $out: output }], '{ _id: 1, item: "pen" }'],
    [[{ $out: output }, { $match: {} }], "refused 40601"],
  ],
  $merge: [
    [[{ $match: { _id: 1 } }, brief, { $merge: { into: output } }], '{ _id: 1, item: "pen" }'],
    [[{ $merge: { into: output, whenMatched: "nonsense" } }], "refused 2"],
  ],
  $densify: [
    [
      [
        { $match: { _id: { $lt: 4 } } },
        { $project: { at: 1 } },
        { $densify: { field: "at", range: { step: 1, unit: "day", bounds: "full" } } },
        { $project: { _id: 0 } },
      ],
      "{ at: Date(2024-01-01T00:00:00.000Z) }, { at: Date(2024-01-02T00:00:00.000Z) }, { at: Date(2024-01-03T00:00:00.000Z) }, { at: Date(2024-01-04T00:00:00.000Z) }",
    ],
  ],
  $fill: [
    [
      [
        { $fill: { sortBy: { _id: 1 }, output: { count: { method: "locf" }, at: { value: "never" } } } },
        { $project: { count: 1, at: 1 } },
      ],
      '{ _id: 1, count: 2, at: Date(2024-01-01T00:00:00.000Z) }, { _id: 2, count: 1, at: Date(2024-01-02T00:00:00.000Z) }, { _id: 3, count: 5, at: Date(2024-01-04T00:00:00.000Z) }, { _id: 4, count: 5, at: Date(2024-01-05T00:00:00.000Z) }, { _id: 5, at: "never", count: 5 }',
    ],
  ],
  $setWindowFields: [
    [
      [{ $setWindowFields: { sortBy: { _id: 1 }, output: { n: { $documentNumber: {} } } } }, { $project: { n: 1 } }],
      "{ _id: 1, n: 1 }, { _id: 2, n: 2 }, { _id: 3, n: 3 }, { _id: 4, n: 4 }, { _id: 5, n: 5 }",
    ],
  ],
});
