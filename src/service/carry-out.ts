// Does what a plan of steps says, one after the other, and stops at the first that fails.
import { spawnSync } from "node:child_process";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { FleetCronError, messageOf } from "../errors.ts";
import { makeFolder } from "../runtime/make-folder.ts";
import type { Step } from "./service.ts";

/** @throws service_failed with what failed and why, not_found when a program is missing */
export function carryOut(step: Step): void {
  if (step.kind === "run") runCommand(step.command, step.mayFail ?? false);
  else changeFile(step);
}

/** One line for a person, as it could be typed. */
export function renderStep(step: Step): string {
  if (step.kind !== "run") return `${step.kind} ${step.file}`;
  return `run ${step.command.map((word) => (/^[\w./:@*=+-]+$/.test(word) ? word : JSON.stringify(word))).join(" ")}`;
}

/** What a command prints, and its exit code. */
export function ask(command: readonly string[]): { readonly code: number; readonly text: string } {
  const [program = "", ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const message = isMissing ? `${program} is not on PATH: this machine has another service manager` : error.message;
    throw new FleetCronError(isMissing ? "not_found" : "service_failed", message, { cause: error });
  }
  return { code: status ?? 1, text: `${stdout}${stderr}`.trim() };
}

function runCommand(command: readonly string[], mayFail: boolean): void {
  const { code, text } = ask(command);
  if (code === 0 || mayFail) return;
  const details = text === "" ? [] : text.split("\n");
  throw new FleetCronError("service_failed", `${command.join(" ")} ended with ${code}`, { details });
}

function changeFile(step: Exclude<Step, { kind: "run" }>): void {
  try {
    if (step.kind === "remove") rmSync(step.file, { force: true });
    else writeDefinition(step);
  } catch (cause) {
    throw new FleetCronError("service_failed", `can't ${step.kind} ${step.file}: ${messageOf(cause)}`, { cause });
  }
}

function writeDefinition({ file, text, encoding }: Extract<Step, { kind: "write" }>): void {
  makeFolder(dirname(file));
  writeFileSync(file, text, encoding);
  // Whatever the umask: everybody may read what is no secret.
  chmodSync(file, 0o644);
}
