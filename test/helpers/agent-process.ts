// The real program as child processes: agents to kill, commands to run.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./test-agent.ts";

/** What starts the program from its sources. */
export const ownSources: readonly string[] = [
  process.execPath,
  join(import.meta.dirname, "..", "..", "src", "main.ts"),
];
const given = process.env.FLEETCRON_TEST_PROGRAM;
/**
 * What starts the program: its bundle where `npm test` has made one, which takes half the time; else its sources. A
 * person can name the single file instead.
 */
export const ownProgram: readonly string[] =
  given === undefined ? ownSources : given.endsWith(".cjs") ? [process.execPath, given] : [given];

/** A folder that is gone after the test. */
export function temporaryDir(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "fleetcron-test-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Only what the program needs, so that no FLEETCRON_ variable of the person running the tests counts. */
export function environment(own: Environment): NodeJS.ProcessEnv {
  const { PATH, MONGOMS_SYSTEM_BINARY, NODE_COMPILE_CACHE } = process.env;
  return { PATH, MONGOMS_SYSTEM_BINARY, NODE_COMPILE_CACHE, HOME: tmpdir(), ...own };
}

export interface ProgramEnd {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command to its end. */
export function runProgram(args: readonly string[], own: Environment, input = ""): Promise<ProgramEnd> {
  const program = new ProgramProcess(args, own);
  program.child.stdin?.end(input);
  return program.ended;
}

export class ProgramProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly ended: Promise<ProgramEnd>;
  stdout = "";
  stderr = "";

  /** `program`: what starts it. */
  constructor(args: readonly string[], own: Environment, program: readonly string[] = ownProgram) {
    const [file = "", ...first] = program;
    this.child = spawn(file, [...first, ...args], { env: environment(own), cwd: tmpdir(), stdio: "pipe" });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) => {
      this.child.once("close", (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  /** Waits until the program said so on stdout or stderr. */
  async says(text: string): Promise<void> {
    let isOver = false;
    void this.ended.then(() => {
      isOver = true;
    });
    const said = () => this.stdout.includes(text) || this.stderr.includes(text);
    await until(() => said() || isOver, `the program says ${JSON.stringify(text)}`);
    if (!said()) throw new Error(`the program ended without saying ${JSON.stringify(text)}:\n${this.stderr}`);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.ended;
  }
}

export interface AgentProcessOptions {
  readonly uri: string;
  readonly dbName: string;
  readonly stateDir: string;
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly env?: Environment;
}

/** The environment of an agent or command on this database, with every key in `settings` as a variable. */
export function agentEnvironment({ uri, dbName, stateDir, settings = {}, env = {} }: AgentProcessOptions): Environment {
  const variables = Object.entries(settings).map(([key, value]) => [`FLEETCRON_${key.toUpperCase()}`, String(value)]);
  return {
    FLEETCRON_MONGODB_URI: uri,
    FLEETCRON_DB_NAME: dbName,
    FLEETCRON_STATE_DIR: stateDir,
    ...Object.fromEntries(variables),
    ...env,
  };
}

/** Starts `fleetcron agent` and waits until it is ready. */
export async function startAgentProcess(options: AgentProcessOptions): Promise<ProgramProcess> {
  const agent = new ProgramProcess(["agent"], agentEnvironment(options));
  await agent.says("agent ready");
  return agent;
}
