// fleetcron jobs next

import { FleetCronError } from "../errors.ts";
import { clockNote } from "../model/clock-note.ts";
import { parseCron } from "../model/parse-cron.ts";
import { duesBetween, type Instant, type Schedule } from "../model/schedule.ts";
import { lastInstant, offsetAt } from "../model/zone-offset.ts";
import type { Cli } from "./cli.ts";
import { describeNote, describeSchedule } from "./describe-schedule.ts";
import { jobRules, judgeJob, renderProblems } from "./judge-jobs.ts";
import { printTable } from "./print-table.ts";
import { printable } from "./render-text.ts";
import { renderAge, renderLocal, renderUtc } from "./render-time.ts";

interface NextOptions {
  readonly cron?: string;
  readonly tz?: string;
  readonly count: number;
  readonly from?: Date;
  readonly json?: boolean;
}

interface Shown {
  readonly schedule: Schedule;
  /** What `H` is spread by. */
  readonly spreadBy: string;
  readonly enabled: boolean;
}

/** An expression alone needs no database, and no config either. */
export async function nextDuesCommand(cli: Cli, nameOrId: string | undefined, options: NextOptions): Promise<void> {
  const shown = nameOrId === undefined ? ofExpression(cli, options) : await ofJob(cli, nameOrId, options);
  const now = cli.clock.now();
  const from = options.from?.getTime() ?? now;
  const dues = duesBetween(shown.schedule, from, lastInstant, options.count);
  if (options.json === true) cli.output.json(dues.map((at) => jsonOf(shown.schedule, at)));
  else await print(cli, shown, { dues, now, count: options.count });
}

function ofExpression(cli: Cli, { cron, tz }: NextOptions): Shown {
  if (cron === undefined) {
    throw new FleetCronError("usage", "jobs next: expected a job or --cron EXPRESSION, got neither");
  }
  const parsed = parseCron(cron, "");
  if ("refusals" in parsed) {
    const [first, ...others] = parsed.refusals.map(({ expected, got, hint }) => {
      return `--cron: expected ${expected}, got ${got}${hint === null ? "" : ` (${hint})`}`;
    });
    throw new FleetCronError("usage", first ?? "", { details: others });
  }
  const { expression, pattern, hint } = parsed.cron;
  if (hint !== null) cli.output.note(`hint: ${hint}`);
  const zone = tz ?? cli.loadConfig({ requireUri: false, needsSecrets: false }).config.tz;
  return { schedule: { tz: zone, rules: [{ kind: "cron", expression, pattern }] }, spreadBy: "", enabled: true };
}

async function ofJob(cli: Cli, nameOrId: string, { cron, tz }: NextOptions): Promise<Shown> {
  const extra = cron !== undefined ? "--cron" : tz !== undefined ? "--tz" : null;
  if (extra !== null) {
    throw new FleetCronError("usage", `jobs next: expected a job or --cron EXPRESSION, got a job and ${extra}`);
  }
  const { withStore } = await import("./open-store.ts");
  const { loadJob } = await import("./find-job.ts");
  const { fleetZone } = await import("./fleet-zone.ts");
  return withStore(cli, async (store, config, loaded) => {
    const document = await loadJob(store, nameOrId);
    const judged = judgeJob(document, jobRules(loaded, await fleetZone(store, config)));
    if (judged.job === null) {
      throw new FleetCronError("job_invalid", `job ${JSON.stringify(nameOrId)} is invalid`, {
        details: renderProblems(judged),
      });
    }
    const { schedule, idText, enabled } = judged.job;
    return { schedule, spreadBy: idText, enabled };
  });
}

function jsonOf(schedule: Schedule, at: Instant): unknown {
  const note = clockNote(schedule, at);
  return {
    at: renderUtc(at),
    local: renderLocal(at, offsetAt(schedule.tz, at)).replace(" ", "T").replace(" ", ""),
    moved: note?.kind === "moved" && !note.coincides,
    reason: note === null ? null : describeNote(note),
  };
}

async function print(
  { output }: Cli,
  { schedule, spreadBy, enabled }: Shown,
  { dues, now, count }: { readonly dues: readonly Instant[]; readonly now: number; readonly count: number },
): Promise<void> {
  output.data(printable(describeSchedule(schedule, spreadBy)));
  if (!enabled) output.note("the job is disabled: only fleetcron jobs run starts it");
  const rows = dues.map((at) => {
    const note = clockNote(schedule, at);
    const mark =
      note === null ? "" : `${note.kind === "moved" && !note.coincides ? "moved: " : ""}${describeNote(note)}`;
    return [
      renderLocal(at, offsetAt(schedule.tz, at)),
      renderUtc(at),
      renderAge(now - at),
      output.paint("yellow", mark),
    ];
  });
  await printTable(output, [`IN ${schedule.tz}`, "UTC", "", ""], rows, "ended: never again");
  if (rows.length > 0 && rows.length < count) output.note("then never again");
}
