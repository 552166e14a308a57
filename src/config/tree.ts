// Plain objects as JSON has them.

export type Tree = Record<string, unknown>;

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The own value at the names and indexes, or undefined. */
export function valueAt(values: Tree, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, name) => {
    if (Array.isArray(value)) return value[Number(name)];
    return isTree(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }, values);
}

/** Names that would reach into every object of the process. */
export const forbiddenNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);
