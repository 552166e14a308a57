// What an index is: the catalogue keeps it, the planner chooses by it, key encoding follows it.
import type { ValueDocument } from "../values/value.ts";

export interface IndexDefinition {
  readonly id: number;
  readonly name: string;
  readonly key: readonly { readonly path: string; readonly direction: 1 | -1 }[];
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly partialFilter: ValueDocument | null;
  readonly expireAfterSeconds: number | null;
  /** Some document has, or once had, an array on a path of the key. Set for good by the first such document. */
  readonly multikey: boolean;
}
