// One text per value, the same exactly for values that MongoDB holds for equal: 1, 1.0 and NumberLong(1) are. What
// groups, sets and joins are looked up by.
import { encodeKey } from "../values/key-encoding.ts";
import type { Value } from "../values/value.ts";

export const valueKey = (value: Value): string => Buffer.from(encodeKey([value], [1])).toString("latin1");
