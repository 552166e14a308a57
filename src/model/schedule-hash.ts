// Whether a job is still due at the same instants as when the fleet first saw it.
import { createHash } from "node:crypto";
import type { Job } from "./job.ts";

/**
 * 16 hex digits that change with whatever decides when the job is due: rules, effective zone, bounds, jitter, and
 * whether it is enabled. Alike on every agent.
 */
export function scheduleHash({ enabled, schedule }: Pick<Job, "enabled" | "schedule">): string {
  const { tz, rules, startAt, endAt, jitterSec } = schedule;
  // A cron rule's pattern follows from its expression and the job's id.
  const plainRules = rules.map((rule) => (rule.kind === "cron" ? ["cron", rule.expression] : rule));
  const text = JSON.stringify([enabled, tz, plainRules, startAt ?? null, endAt ?? null, jitterSec ?? null]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
