// What the schemas of the config are made of. The `error` of each is the expectation a person reads.
import * as z from "zod";

// A config is checked once or twice in the life of a process: compiling a check for it takes longer than it saves.
z.config({ jitless: true });

export const text = (expected: string) => z.string({ error: expected }).min(1, { error: expected });

export function whole(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

export function between(min: number, max: number) {
  const error = `a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

export function above0(max: number) {
  const error = "a number above 0";
  return z
    .number({ error })
    .gt(0, { error })
    .max(max, { error: `a number of at most ${max}` });
}

export const yesNo = () => z.boolean({ error: "true or false" });

export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  const quoted = values.map((value) => JSON.stringify(value)).join(", ");
  return z.enum(values, { error: values.length === 1 ? quoted : `one of ${quoted}` });
}

export function listOf(pattern: RegExp, one: string, many: string) {
  return z.array(z.string({ error: one }).regex(pattern, { error: one }), { error: `a list of ${many}` });
}

export const variableName = () =>
  z
    .string({ error: "the name of an environment variable" })
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: "the name of an environment variable" });

/** `value`, `env`, `file`: the exactly-one rule as JSON Schema says it; resolve-secrets.ts says it to people. */
export const exactlyOneSource = {
  oneOf: ["value", "env", "file"].map((name) => ({ type: "object", properties: { [name]: {} }, required: [name] })),
};
