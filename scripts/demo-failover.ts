// `npm run demo:failover -- [--seconds 6]`: three agents share a job that is due every second. The first in line is
// killed and started again; the history shows who ran what. Ends with 1 when an occurrence is missing or was run twice.
import { parseArgs } from "node:util";
import { until } from "../test/helpers/test-agent.ts";
import { DemoFleet } from "./demo/demo-fleet.ts";
import { countOccurrences, type DemoEvent, type DemoOccurrence, renderTimeline } from "./demo/render-timeline.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "6" } } });
/** How many occurrences each part of the demo lasts. */
const part = Number(values.seconds);
if (!Number.isInteger(part) || part < 1)
  throw new Error(`--seconds: expected a whole number above 0, got ${values.seconds}`);

const agents = ["agent-1", "agent-2", "agent-3"];
const tell = (line: string) => process.stderr.write(`${line}\n`);

await using fleet = await DemoFleet.open();
const events: DemoEvent[] = [];

tell("three agents and a job that is due every second ...");
for (const agent of agents) await fleet.start(agent);
await fleet.startJob();
await waitForRuns(part);

const victim = await fleet.firstInLine();
events.push({ at: Date.now(), agent: victim, mark: "x" });
await fleet.kill(victim);
tell(`${victim}, the first in line, is killed with SIGKILL ...`);
await waitForRuns(part);

await fleet.start(victim);
events.push({ at: Date.now(), agent: victim, mark: "+" });
tell(`${victim} is started again ...`);
await waitForRuns(part);

/** The newest second that is over: all up to it is judged. */
const lastDue = Math.floor(Date.now() / 1_000) * 1_000;
const history = async () => (await fleet.history()).filter(({ dueAt }) => dueAt <= lastDue);
const isWhole = async () => countOccurrences(await history(), lastDue).missing === 0;
// On a busy machine some are late. What does not come at all is counted as missing.
await until(isWhole, "every occurrence has been run").catch(() => undefined);
tellHistory(await history());

async function waitForRuns(count: number): Promise<void> {
  const ended = async () => (await fleet.runs()).filter(({ status }) => status === "ok").length;
  const before = await ended();
  await until(async () => (await ended()) >= before + count, `${count} more runs ended`);
}

function tellHistory(occurrences: readonly DemoOccurrence[]): void {
  const { due, missing, twice, requests, sentAgain } = countOccurrences(occurrences, lastDue);
  const killedAt = events[0]?.at ?? 0;
  const afterKill = occurrences.find(({ dueAt }) => dueAt > killedAt);
  console.log(`\n${renderTimeline(agents, occurrences, events).join("\n")}`);
  console.log("          ● ran it   x killed   + started again\n");
  console.log(`${due} occurrences due, ${missing} missing, ${twice} run twice`);
  console.log(`${requests} requests arrived, ${sentAgain} of them sent again by the one who took over`);
  console.log(
    `the first occurrence after the kill ran on ${afterKill?.ranOn[0]}, ${afterKill?.lateMs} ms after its time`,
  );
  if (missing + twice > 0) process.exitCode = 1;
}
