// fleetcron runs cancel
import { exitCodes, FleetCronError } from "../errors.ts";
import type { RunDocument } from "../store/collections.ts";
import { insertCommand } from "../store/commands.ts";
import type { Store } from "../store/connect.ts";
import { findRun } from "../store/list-runs.ts";
import type { Cli } from "./cli.ts";
import { jsonDocument } from "./json-document.ts";
import { withStore } from "./open-store.ts";
import { printRun } from "./render-run.ts";
import { printable } from "./render-text.ts";
import { renderDuration, renderTime } from "./render-time.ts";
import type { CancelOptions } from "./runs.ts";
import { unknownRun } from "./runs-show.ts";
import { lookEveryMs } from "./wait-acks.ts";

/** 1 when the run ended in another way first. */
export async function cancelRunCommand(cli: Cli, id: string, options: CancelOptions): Promise<void> {
  await withStore(cli, async (store) => {
    const run = await findRun(store, id);
    if (run === null) throw await unknownRun(store, id);
    if (run.status !== "running") throw alreadyEnded(run);
    // To all: should its owner be dead, whoever takes it over has to know.
    await insertCommand(store, { type: "cancel_run", target: "all", args: { run_id: id } });
    if (!options.wait) {
      if (options.json === true) cli.output.json(jsonDocument(run));
      return cli.output.note(`asked ${printable(run.hostname)} to cancel ${printable(id)}`);
    }
    if (cli.output.live) cli.output.note(`waiting for ${printable(run.hostname)} to end it ...`);
    const ended = await waitEnd(cli, store, run, options.timeout);
    if (options.json === true) cli.output.json(jsonDocument(ended));
    else printRun(cli.output, ended);
    if (ended.status !== "aborted") {
      cli.output.note(`it ended ${printable(ended.status)} before it could be cancelled`);
      cli.exitWith(exitCodes.failed);
    }
  });
}

async function waitEnd(cli: Cli, store: Store, run: RunDocument, timeoutSec: number): Promise<RunDocument> {
  const endAt = cli.clock.monotonic() + timeoutSec * 1_000;
  for (let known = run; ; ) {
    const isLastLook = cli.clock.monotonic() >= endAt;
    // Gone by retention or by hand: what was known of it last is no end.
    known = (await findRun(store, run._id)) ?? known;
    if (known.status !== "running") return known;
    if (isLastLook) throw notEnded(known, timeoutSec);
    await cli.clock.sleep(lookEveryMs);
  }
}

function alreadyEnded(run: RunDocument): FleetCronError {
  const when = run.end_at === null || run.end_at === undefined ? "" : ` at ${renderTime(run.end_at)}`;
  return new FleetCronError("run_ended", `run ${printable(run._id)} is over: it ended ${printable(run.status)}${when}`);
}

function notEnded({ _id, hostname }: RunDocument, timeoutSec: number): FleetCronError {
  const text = `${printable(_id)} on ${printable(hostname)} has not ended within ${renderDuration(timeoutSec * 1_000)}`;
  return new FleetCronError("not_acknowledged", text, {
    details: ["its agent ends it when it hears of it within ten minutes; see who is alive with: fleetcron machines"],
  });
}
