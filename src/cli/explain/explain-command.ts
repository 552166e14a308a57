// fleetcron explain: reads the facts, finds the situation, prints it.

import { previousDue } from "../../model/previous-due.ts";
import { nextDue } from "../../model/schedule.ts";
import { offsetAt } from "../../model/zone-offset.ts";
import { readServerTime } from "../../store/machines.ts";
import { parseAskedTime } from "../asked-time.ts";
import type { Cli } from "../cli.ts";
import { loadRecordedJob } from "../find-job.ts";
import { fleetZone } from "../fleet-zone.ts";
import { jsonDocument } from "../json-document.ts";
import { withStore } from "../open-store.ts";
import { paintStatus } from "../paint-status.ts";
import { renderLocal, renderUtc } from "../render-time.ts";
import { type Explained, explainOccurrence } from "./explain-occurrence.ts";
import { type Facts, gatherFacts } from "./gather-facts.ts";
import { renderExplanation } from "./render-explanation.ts";

/** `time`: its words, for a local time has a blank that is easily left unquoted. */
export async function explainCommand(
  cli: Cli,
  { job, time, json }: { readonly job: string; readonly time: readonly string[]; readonly json?: boolean },
): Promise<void> {
  const asked = parseAskedTime(time.join(" "), "TIME");
  await withStore(cli, async (store, config) => {
    const recorded = await loadRecordedJob(store, job);
    const settings = { ...config, tz: await fleetZone(store, config) };
    const { serverTime: now } = await readServerTime(store, () => cli.clock.monotonic());
    const facts = await gatherFacts(store, { ...recorded, asked, now, settings });
    const explained = explainOccurrence(facts);
    if (json === true) cli.output.json(jsonOf(facts, explained));
    else {
      const [status, ...lines] = renderExplanation(facts, explained);
      for (const line of [paintStatus(cli.output, status), ...lines]) cli.output.data(line);
    }
  });
}

function jsonOf(facts: Facts, { status, situation, why, rows }: Explained): unknown {
  const { name, tz, at, job, run, summary } = facts;
  const before = job === null ? null : previousDue(job.schedule, at);
  const after = job === null ? null : nextDue(job.schedule, at);
  return {
    ...{ status, situation, why, job: name, at: renderUtc(at), tz },
    local: renderLocal(at, offsetAt(tz, at)).replace(" ", "T").replace(" ", ""),
    rows: rows.map(([label, text]) => ({ label, text })),
    due_before: before === null ? null : renderUtc(before),
    due_after: after === null ? null : renderUtc(after),
    run: jsonDocument(run ?? summary),
  };
}
