// One machine with the embedded store: its agent, and the commands a person types beside it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Environment,
  ownProgram,
  type ProgramEnd,
  ProgramProcess,
  runProgram,
  temporaryDir,
} from "./agent-process.ts";

export class EmbeddedMachine implements Disposable {
  readonly dir = temporaryDir();
  readonly stateDir = join(this.dir.path, "state");
  readonly #env: Environment;

  constructor(env: Environment = {}) {
    this.#env = {
      FLEETCRON_STORE: "embedded",
      FLEETCRON_STATE_DIR: this.stateDir,
      FLEETCRON_HEARTBEAT_SEC: "0.5",
      FLEETCRON_LEASE_SEC: "2",
      FLEETCRON_POLL_SEC: "0.3",
      ...env,
    };
  }

  async startAgent(env: Environment = {}, program = ownProgram): Promise<ProgramProcess> {
    const agent = new ProgramProcess(["agent"], { ...this.#env, ...env }, program);
    await agent.says("agent ready");
    return agent;
  }

  run(args: readonly string[], env: Environment = {}): Promise<ProgramEnd> {
    return runProgram(args, { ...this.#env, ...env });
  }

  /** The rows that a command with `--json` prints. */
  async rows(...args: readonly string[]): Promise<readonly Record<string, unknown>[]> {
    const { code, stdout, stderr } = await this.run([...args, "--json"]);
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** Adds the job through the command that a person would use. */
  async addJob(job: Readonly<Record<string, unknown>>): Promise<void> {
    const file = join(this.dir.path, `${String(job.name)}.json`);
    writeFileSync(file, JSON.stringify(job));
    const { code, stderr } = await this.run(["jobs", "add", file]);
    if (code !== 0) throw new Error(`jobs add ended with ${code}: ${stderr}`);
  }

  [Symbol.dispose](): void {
    this.dir[Symbol.dispose]();
  }
}
