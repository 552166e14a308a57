// The operators that stand where a field's name stands.

export type LogicalName = (typeof logicalNames)[number];

const logicalNames = [
  ...(["$and", "$or", "$nor", "$expr", "$comment", "$alwaysTrue", "$alwaysFalse"] as const),
  ...(["$where", "$text", "$jsonSchema", "$sampleRate"] as const),
] as const;

export const isLogicalOperator = (name: string): name is LogicalName => names.has(name);

const names: ReadonlySet<string> = new Set(logicalNames);
