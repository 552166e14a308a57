// The steps of a chain while they are executed: their tries, their ends, what they saved, why one was skipped.
import type { ChainContext, Changes } from "../../chain/chain-context.ts";
import type { Mask } from "../../chain/masking.ts";
import { showJson } from "../../chain/response-json.ts";
import { cutText } from "../../chain/response-sample.ts";
import { failedCondition } from "../../model/condition.ts";
import type { Outputs, Step } from "../../model/run.ts";
import type { Output } from "../output.ts";
import { paintStatus } from "../paint-status.ts";
import { printable, printableLines } from "../render-text.ts";
import { renderDuration } from "../render-time.ts";

interface Telling {
  readonly mask: Mask;
  readonly output: Output;
  readonly print: (line: string) => void;
}

const longestReason = 300;

/** Takes each change of the run's record as it comes. */
export function tellSteps(telling: Telling, { job, scheduledFor }: ChainContext): (changes: Changes) => void {
  const { mask, output, print } = telling;
  const steps: Step[] = [];
  let outputs: Outputs = new Map();
  const whySkipped = ({ index, status }: Step) => {
    if (status === "skipped_unsupported") return "this version does not know its type";
    const failed = failedCondition(job.actions[index]?.when ?? null, scheduledFor, job.tz, { steps, outputs });
    return renderUnmet(failed, mask);
  };
  const tell = (step: Step, saved: Outputs) => {
    const { index, name, status, attempts, method, url } = step;
    const title = `${index + 1}. ${printable(name)}`;
    if (status.startsWith("skipped_")) print(`${title}  ${paintStatus(output, status)}  ${whySkipped(step)}`);
    else if (status !== "started") tellEnd(telling, step, saved);
    else if (attempts === 0) print(`${title}  ${printable(`${method} ${url}`)}`);
    else print(`   ${renderTry(step)}`);
  };
  return (changes) => {
    outputs = new Map([...outputs, ...changes.outputs]);
    for (const step of changes.steps.values()) {
      // The same step again only renews the claim.
      if (steps[step.index] !== step) tell(step, changes.outputs);
      steps[step.index] = step;
    }
  };
}

/** `failed`: of a condition, which may hold what a target answered. */
export function renderUnmet(failed: string | null, mask: Mask): string {
  return printable(cutText(mask(failed ?? ""), longestReason));
}

function tellEnd({ mask, output, print }: Telling, step: Step, saved: Outputs): void {
  const { status, statusCode, error, responseSample, responseTruncated } = step;
  if (responseSample !== null && responseSample !== "") {
    print(`   response${responseTruncated ? ", its beginning" : ""}:`);
    for (const line of printableLines(responseSample)) print(`     ${line}`.trimEnd());
  }
  for (const [name, value] of saved) print(`   saved outputs.${printable(`${name}: ${showJson(value, mask)}`)}`);
  const rest = [statusCode, error?.message].filter((part) => part !== null && part !== undefined);
  print(`   ${[paintStatus(output, status), ...rest.map(printable)].join("  ")}`);
}

function renderTry({ attempts, tries }: Step): string {
  const last = tries.at(-1);
  const wait = typeof last?.waitMs === "number" ? `; next try in ${renderDuration(last.waitMs)}` : "";
  return `try ${attempts}: ${printable(last?.error?.message ?? last?.statusCode)}${wait}`;
}
