// What mongod 6.0.5 answered to pipelines over a collection. In the messages what the command puts before them is left out.
import { long, type Plain, type Refused } from "../typed.ts";

type PlainDocument = { readonly [field: string]: Plain };

export interface PipelineAnswer {
  readonly pipeline: readonly PlainDocument[];
  /** The collection; `rows` where it is not said. */
  readonly documents?: readonly PlainDocument[];
  /** The collection `other`. */
  readonly other?: readonly PlainDocument[];
  readonly answer: readonly PlainDocument[] | Refused;
  /** MongoDB leaves the order open. */
  readonly inAnyOrder?: true;
}

export const rows: readonly PlainDocument[] = [
  { _id: 1, a: 3, s: "x", n: { p: 1, q: 2 }, l: [1, 2] },
  { _id: 2, a: 1.5, s: "y", n: { p: 2 }, l: [] },
  { _id: 3, a: null, s: "x", l: 7 },
  { _id: 4, s: "z", n: 5, l: null },
  { _id: 5, a: long("3"), s: "y", n: [{ p: 8 }, { p: 9, q: 1 }, 4], l: [{ b: 1 }, { b: 2 }] },
];

export const others: readonly PlainDocument[] = [
  { _id: 10, k: "x", v: 1 },
  { _id: 11, k: "y" },
  { _id: 12 },
  { _id: 13, k: null },
  { _id: 14, k: ["x", "q"] },
  { _id: 15, k: 3 },
  { _id: 16, k: { b: 1 } },
];
