// One machine of the fleet under test: its agent is killed, frozen and started again, always with the same identity and
// the same wrong clock.
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { agentEnvironment, ProgramProcess } from "../helpers/agent-process.ts";

interface SlotOptions {
  readonly name: string;
  readonly uri: string;
  readonly dbName: string;
  readonly stateDir: string;
  readonly settings: Readonly<Record<string, string | number>>;
  readonly clockOffsetMs: number;
}

const shiftedClock = pathToFileURL(join(import.meta.dirname, "..", "helpers", "shifted-clock.mjs")).href;

export class AgentSlot implements AsyncDisposable {
  readonly name: string;
  /** Agents that ended although nobody ended them. */
  readonly unexpected: string[] = [];
  readonly #options: SlotOptions;
  #process: ProgramProcess | null = null;
  #starts = 0;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.name = options.name;
  }

  /** Resolves when the agent is ready. Each process has a name of its own, which its requests carry. */
  async start(stateDir: string = this.#options.stateDir): Promise<void> {
    const { uri, dbName, settings, clockOffsetMs } = this.#options;
    const process = `${this.name}.${++this.#starts}`;
    // A killed agent's lock would hold up the next one for 10 s; no guarantee rests on it.
    rmSync(join(stateDir, "agent.lock"), { recursive: true, force: true });
    const env = { NODE_OPTIONS: `--import ${shiftedClock}`, SHIFTED_CLOCK_MS: String(clockOffsetMs) };
    const tags = JSON.stringify({ process });
    const own = agentEnvironment({ uri, dbName, stateDir, settings: { ...settings, tags }, env });
    const started = new ProgramProcess(["agent"], own);
    this.#process = started;
    void started.ended.then(({ code, stderr }) => {
      if (this.#process !== started) return;
      this.#process = null;
      this.unexpected.push(`${process} ended by itself with ${code}:\n${stderr.split("\n").slice(-12).join("\n")}`);
    });
    await started.says("agent ready");
  }

  /** A second agent with a copy of the identity; the first one finds out and ends with 75. Both work until then. */
  async clone(): Promise<void> {
    const { stateDir } = this.#options;
    const copy = `${stateDir}-copy`;
    cpSync(stateDir, copy, { recursive: true, force: true });
    const original = this.#process;
    await this.start(copy);
    const code = (await original?.ended)?.code;
    if (code !== 75) this.unexpected.push(`${this.name} met its copy and ended with ${code}`);
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Graceful; resolves with the exit code. */
  async stop(): Promise<number | null> {
    return this.#end("SIGTERM");
  }

  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  /** The wall clock of this process steps to the other side of true time. */
  stepClock(): void {
    this.#process?.kill("SIGUSR2");
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const process = this.#process;
    this.#process = null;
    process?.kill(signal);
    return (await process?.ended)?.code ?? null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
