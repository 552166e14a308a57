// The keys templates may name beside secrets, and their values for one run.
import { DateTime } from "luxon";
import type { Job, JsonValue } from "./job.ts";
import type { Outputs } from "./run.ts";
import type { Instant } from "./schedule.ts";
import type { Secrets } from "./secret.ts";
import type { TemplateValues } from "./template.ts";

export interface RunFacts {
  readonly runId: string;
  readonly attempt: number;
  readonly scheduledFor: Instant;
  readonly job: Pick<Job, "idText" | "name" | "tz">;
  readonly machine: {
    readonly id: string;
    readonly hostname: string;
    readonly tags: Readonly<Record<string, string>>;
  };
  readonly secrets: Secrets;
  /** What earlier steps saved. */
  readonly outputs: Outputs;
}

export const outputPrefix = "outputs.";
const tagPrefix = "machine.tags.";

const builtIns: ReadonlyMap<string, (run: RunFacts) => string> = new Map([
  ["job.name", (run) => run.job.name],
  ["job.id", (run) => run.job.idText],
  ["run.id", (run) => run.runId],
  ["run.attempt", (run) => String(run.attempt)],
  ["scheduled_for", (run) => new Date(run.scheduledFor).toISOString()],
  ["scheduled_for.date", (run) => local(run).toFormat("yyyy-MM-dd")],
  ["scheduled_for.hour", (run) => local(run).toFormat("HH")],
  ["scheduled_for.minute", (run) => local(run).toFormat("mm")],
  ["scheduled_for.unix", (run) => String(Math.floor(run.scheduledFor / 1000))],
  ["machine.id", (run) => run.machine.id],
  ["machine.hostname", (run) => run.machine.hostname],
] satisfies [string, (run: RunFacts) => string][]);

/** Every key a template may name beside outputs, given the names of secrets and of this machine's tags. */
export function knownTemplateKeys(secretNames: Iterable<string>, tagNames: Iterable<string>): readonly string[] {
  return [...secretNames, ...builtIns.keys(), ...[...tagNames].map((name) => tagPrefix + name)];
}

/** Whether nothing but a secret can have this name. */
export function isSecretKey(key: string): boolean {
  return !builtIns.has(key) && !key.startsWith(outputPrefix) && !key.startsWith(tagPrefix);
}

/**
 * The values of one run, each computed when a template asks for the first time. A built-in key wins over a secret of the
 * same name.
 */
export function templateValues(run: RunFacts): TemplateValues {
  const computed = new Map<string, JsonValue | undefined>();
  return {
    get(key) {
      if (!computed.has(key)) computed.set(key, computeValue(run, key));
      return computed.get(key);
    },
    keys: () => [
      ...knownTemplateKeys(run.secrets.keys(), Object.keys(run.machine.tags)),
      ...[...run.outputs.keys()].map((name) => outputPrefix + name),
    ],
  };
}

function computeValue(run: RunFacts, key: string): JsonValue | undefined {
  // An output may be null, which is a value too.
  if (key.startsWith(outputPrefix)) return run.outputs.get(key.slice(outputPrefix.length));
  return builtIns.get(key)?.(run) ?? tagValue(run, key) ?? run.secrets.get(key)?.value;
}

function tagValue(run: RunFacts, key: string): string | undefined {
  if (!key.startsWith(tagPrefix)) return undefined;
  const name = key.slice(tagPrefix.length);
  return Object.hasOwn(run.machine.tags, name) ? run.machine.tags[name] : undefined;
}

function local(run: RunFacts): DateTime {
  return DateTime.fromMillis(run.scheduledFor, { zone: run.job.tz });
}
