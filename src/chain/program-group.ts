// A program of this machine in a process group of its own: no shell reads its arguments, and whatever it started ends
// with it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import type { Clock } from "../runtime/clock.ts";
import { endsWithin } from "../runtime/ends-within.ts";

export interface ProgramStart {
  /** The program's absolute path, then its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** null: as the agent itself. */
  readonly runAs: { readonly uid: number; readonly gid: number } | null;
}

export interface ProgramEnd {
  /** null: a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** From a friendly request to end, or from the program's own end, until whatever is left is ended by force. */
const graceMs = 2_000;

/** Windows knows no groups: there the tree of processes is walked. */
const hasGroups = process.platform !== "win32";

export class ProgramGroup {
  /** Rejects when the program could not be started. */
  readonly ended: Promise<ProgramEnd>;
  readonly #clock: Clock;
  readonly #child: ChildProcess;
  #cancelForce = () => {};

  /** Starts it. Throws what `spawn` throws for arguments that no system takes. */
  constructor(clock: Clock, { command, env, cwd, runAs }: ProgramStart, onOutput: (chunk: Buffer) => void) {
    const [program, ...args] = command;
    this.#clock = clock;
    this.#child = spawn(program, args, {
      ...{ env, cwd, ...runAs, detached: hasGroups, windowsHide: true },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of this.#streams()) stream.on("data", onOutput);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject).once("exit", (code, signal) => resolve({ code, signal }));
    });
  }

  /** Asks it to end, and makes it end a little later. */
  stop(): void {
    this.#signal("SIGTERM");
    this.#cancelForce();
    this.#cancelForce = this.#clock.after(graceMs, () => this.#signal("SIGKILL"));
  }

  /**
   * After its end: ends what it left behind, which would go on without anybody's deadline, and reads the rest of the
   * output. A process that made itself a group of its own escapes, and is waited for no longer than the grace.
   */
  async cleanUp(): Promise<void> {
    this.#cancelForce();
    this.#signal("SIGKILL");
    const closed = this.#streams()
      .filter((stream) => !stream.closed)
      .map((stream) => once(stream, "close"));
    if (!(await endsWithin(this.#clock, Promise.all(closed), graceMs))) {
      for (const stream of this.#streams()) stream.destroy();
    }
  }

  #streams(): readonly Readable[] {
    return [this.#child.stdout, this.#child.stderr].filter((stream) => stream !== null);
  }

  #signal(signal: "SIGTERM" | "SIGKILL"): void {
    const { pid, exitCode } = this.#child;
    if (pid === undefined) return;
    if (!hasGroups) {
      if (exitCode === null) spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { windowsHide: true });
      return;
    }
    try {
      process.kill(-pid, signal);
    } catch (error) {
      // Nothing of it is left.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
