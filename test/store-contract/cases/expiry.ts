// What an index with expireAfterSeconds removes, and what it leaves. The test servers look once a second.
import { setTimeout as delay } from "node:timers/promises";
import { type ContractCase, idsOf } from "../contract.ts";

const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);

const longestWaitMs = 90_000;

export const expiryCases: readonly ContractCase[] = [
  {
    name: "dates that are over go, in arrays too; whatever is no date stays",
    indexes: [
      { name: "expires_at", key: { expires_at: 1 }, expireAfterSeconds: 0 },
      { name: "created_at", key: { created_at: 1 }, expireAfterSeconds: 86_400 },
    ],
    documents: [
      { _id: "over", expires_at: ago(1) },
      { _id: "over, in an array", expires_at: [ago(-5), ago(1)] },
      { _id: "over by a day", created_at: ago(25) },
      { _id: "over by one of two", expires_at: ago(-1), created_at: ago(25) },
      { _id: "not yet", expires_at: ago(-1) },
      { _id: "not yet a day", created_at: ago(23) },
      { _id: "text", expires_at: "2020-01-01T00:00:00Z" },
      { _id: "a number", expires_at: 5 },
      { _id: "null", expires_at: null, created_at: null },
      { _id: "missing" },
    ] as never,
    run: async ({ collection }) => {
      const ids = () => idsOf(collection.find({}, { sort: { _id: 1 } }));
      for (const end = Date.now() + longestWaitMs; Date.now() < end; await delay(50)) {
        if (!(await ids()).some((id) => String(id).startsWith("over"))) break;
      }
      return ids();
    },
    expected: ["a number", "missing", "not yet", "not yet a day", "null", "text"],
  },
];
