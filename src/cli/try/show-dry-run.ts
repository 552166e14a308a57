// What a job's chain would send and run, printed.
import { createMasker } from "../../chain/masking.ts";
import type { Config } from "../../config/config.ts";
import { exitCodes } from "../../errors.ts";
import { failedCondition } from "../../model/condition.ts";
import type { Occurrence } from "../../model/run.ts";
import { secretsToMask } from "../../model/secret.ts";
import type { Cli } from "../cli.ts";
import type { Output } from "../output.ts";
import { paintStatus } from "../paint-status.ts";
import { printable, printableLines } from "../render-text.ts";
import { dryRun, type RenderedStep } from "./dry-run.ts";
import { renderCommand } from "./render-command.ts";
import { renderUnmet } from "./tell-steps.ts";
import { chainOf } from "./try-context.ts";

interface DryRun {
  readonly occurrence: Occurrence;
  readonly config: Config;
  readonly json: boolean;
}

/** Ends with 1 when a step could not be sent or run as it is. */
export async function showDryRun(cli: Cli, { occurrence, config, json }: DryRun): Promise<void> {
  const { job, scheduledFor } = occurrence;
  const mask = createMasker(secretsToMask(config));
  const steps = await dryRun(chainOf(config, occurrence), mask);
  const failed = failedCondition(job.when, scheduledFor, job.tz);
  const skipped = failed === null ? null : renderUnmet(failed, mask);
  if (json) {
    const scheduled = new Date(scheduledFor).toISOString();
    cli.output.json({ job_name: job.name, scheduled_for: scheduled, skipped, steps });
  } else {
    for (const [index, step] of steps.entries()) printStep(cli.output, index, step);
    if (skipped !== null) cli.output.note(`the run would be skipped, when does not hold: ${skipped}`);
    cli.output.note("nothing was sent");
  }
  if (steps.some(({ error }) => error !== null)) cli.exitWith(exitCodes.failed);
}

function printStep(output: Output, index: number, { name, type, when, request, program, error }: RenderedStep): void {
  const print = (line: string) => output.data(`   ${line}`.trimEnd());
  const target = request === null ? type : `${request.method} ${request.url}`;
  output.data(`${index + 1}. ${printable(name)}  ${printable(target)}`);
  if (when !== null) print(`when: ${printable(when)}`);
  if (error !== null) print(`${paintStatus(output, "error")}  ${printable(error.message)}`);
  if (request !== null) {
    for (const [header, value] of Object.entries(request.headers)) print(`> ${printable(`${header}: ${value}`)}`);
    for (const line of request.body === null ? [] : printableLines(request.body)) print(line);
  }
  if (program !== null) {
    for (const [variable, value] of Object.entries(program.env)) print(printable(`${variable}=${value}`));
    print(`$ ${renderCommand(program.command)}`);
  }
}
