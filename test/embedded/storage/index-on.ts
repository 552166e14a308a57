// Index definitions for tests, as short as a client writes them.
import type { IndexDefinition } from "../../../src/embedded/storage/index-definition.ts";

type Options = Partial<Omit<IndexDefinition, "id" | "key">>;

export function indexOn(key: Readonly<Record<string, 1 | -1>>, options: Options = {}): IndexDefinition {
  const fields = Object.entries(key);
  return {
    id: 1,
    name: fields.map(([path, direction]) => `${path}_${direction}`).join("_"),
    key: fields.map(([path, direction]) => ({ path, direction })),
    unique: false,
    sparse: false,
    partialFilter: null,
    expireAfterSeconds: null,
    multikey: false,
    ...options,
  };
}
