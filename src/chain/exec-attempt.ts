// One command of this machine under one deadline. Whatever the command does, the result is a value.
import type { Clock } from "../runtime/clock.ts";
import { abortFailure, type Failure } from "./describe-failure.ts";
import { type ProgramEnd, ProgramGroup, type ProgramStart } from "./program-group.ts";

export interface ExecRequest extends ProgramStart {
  readonly timeoutMs: number;
}

export interface ExecResult {
  /** null: it was not started, or a signal ended it. */
  readonly exitCode: number | null;
  readonly elapsedMs: number;
  /** Standard output and standard error in the order they came, at most 64 KiB, not masked; null when not started. */
  readonly sample: string | null;
  /** The program wrote more. */
  readonly truncated: boolean;
  /** null exactly when it ended by itself with 0. */
  readonly error: Failure | null;
}

/** Never rejects. When `signal` aborts, the program is ended: error `aborted` with the signal's reason. */
export type RunCommand = (request: ExecRequest, signal: AbortSignal) => Promise<ExecResult>;

/** `environment`: what every program sees beside its own variables. */
export function createRunCommand({
  clock,
  environment,
}: {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
}): RunCommand {
  const { HOME: _home, USER: _user, LOGNAME: _logname, ...ofEverybody } = environment;
  return async (request, signal) => {
    const startedAt = clock.monotonic();
    const env = { ...(request.runAs === null ? environment : ofEverybody), ...request.env };
    const end = await attempt(clock, { ...request, env }, signal);
    return { ...end, elapsedMs: Math.round(clock.monotonic() - startedAt) };
  };
}

type End = Omit<ExecResult, "elapsedMs">;

async function attempt(clock: Clock, request: ExecRequest, signal: AbortSignal): Promise<End> {
  if (signal.aborted) return notStarted(abortFailure(signal));
  const output = new OutputStart();
  let program: ProgramGroup;
  let end: ProgramEnd;
  let stopped: Failure | null = null;
  const stop = (failure: Failure) => {
    stopped ??= failure;
    program.stop();
  };
  const cancelTimeout = clock.after(request.timeoutMs, () => stop(timeoutFailure(request)));
  const onAbort = () => stop(abortFailure(signal));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    program = new ProgramGroup(clock, request, (chunk) => output.add(chunk));
    end = await program.ended;
  } catch (error) {
    return notStarted(startFailure(request, error));
  } finally {
    cancelTimeout();
    signal.removeEventListener("abort", onAbort);
  }
  await program.cleanUp();
  return {
    exitCode: end.code,
    sample: output.text(),
    truncated: output.isCut,
    error: stopped ?? exitFailure(request, end),
  };
}

const maxOutputBytes = 64 * 1024;

/** The beginning of what a program writes. */
class OutputStart {
  isCut = false;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  /** Called for all of it: a program whose pipe is full stands still. */
  add(chunk: Buffer): void {
    const kept = chunk.subarray(0, maxOutputBytes - this.#size);
    this.isCut ||= kept.length < chunk.length;
    this.#size += kept.length;
    if (kept.length > 0) this.#chunks.push(kept);
  }

  text(): string {
    return new TextDecoder().decode(Buffer.concat(this.#chunks));
  }
}

function notStarted(error: Failure): End {
  return { exitCode: null, sample: null, truncated: false, error };
}

function timeoutFailure({ command, timeoutMs }: ExecRequest): Failure {
  return {
    code: "timeout",
    message: `timeout: ${command[0]} did not end within ${timeoutMs / 1000} s`,
    retryable: true,
  };
}

/** Made anew from the code: the thrown text may hold an argument. */
function startFailure({ command, cwd }: ExecRequest, error: unknown): Failure {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  const place = code === "ENOENT" ? ` (is it there, and is ${cwd}?)` : "";
  return { code: "start", message: `start: ${command[0]} could not be started: ${code}${place}`, retryable: false };
}

function exitFailure({ command }: ExecRequest, { code, signal }: ProgramEnd): Failure | null {
  if (code === 0) return null;
  const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
  return { code: "exit", message: `exit: ${command[0]} ${how}`, retryable: true };
}
