// The jobs of a world, and how their targets behave.
import type { Document } from "mongodb";
import type { Chance } from "./chance.ts";
import type { Manners } from "./sim-target.ts";

/** `endAt`: the date at which some of them end. */
export function planJob(chance: Chance, number: number, endAt: number): Document {
  const id = `job${number}`;
  const action = (step: number): Document => ({
    type: "http",
    name: `step${step}`,
    method: chance.pick(["GET", "POST", "POST"]),
    url: `http://target.test/${id}/${step}`,
    timeout_sec: chance.pick([2, 10, 20]),
    retry: { retries: chance.pick([0, 0, 2]), delay_sec: chance.pick([1, 5]) },
    ...(chance.hits(0.2) ? { continue_on_failure: true } : {}),
    ...(chance.hits(0.2) ? { on_crash: chance.pick(["retry", "fail"]) } : {}),
  });
  const overlap = chance.pick(["skip", "allow"]);
  const catchUps = overlap === "allow" ? ["none", "last", "all"] : ["none", "last"];
  return {
    _id: id,
    name: id,
    every_sec: chance.pick([5, 10, 15, 20, 30]),
    overlap,
    actions: Array.from({ length: chance.whole(1, 3) }, (_, i) => action(i + 1)),
    ...(chance.hits(0.3) ? { catch_up: chance.pick(catchUps) } : {}),
    ...(chance.hits(0.2) ? { deadline_sec: chance.pick([10, 30]) } : {}),
    ...(chance.hits(0.2) ? { start_grace_sec: chance.pick([5, 30]) } : {}),
    ...(chance.hits(0.5) ? { end_at: new Date(endAt) } : {}),
  };
}

/** Documents that a person might have made of the collection: they must hurt nobody else. */
export const malformedJobs: readonly Document[] = [
  { _id: "bad1", name: 5, every_sec: "often", actions: "none" },
  { _id: "bad2" },
  { _id: "bad3", name: "bad3", every_sec: 5, actions: [{ type: "http", method: "GET", url: 7 }] },
];

/** By the path of the url. */
export function planManners(chance: Chance, id: string): readonly (readonly [string, Manners])[] {
  return [1, 2, 3].map((step) => [
    `/${id}/${step}`,
    {
      latencyMs: chance.pick([
        [5, 100],
        [5, 100],
        [500, 4_000],
        [3_000, 18_000],
      ]),
      failing: chance.pick([0, 0, 0.3]),
      losing: chance.pick([0, 0, 0.15]),
    },
  ]);
}
