// `npm test`: one standalone server and one replica set for the whole run, then `node --test`, then what ran on what.
// Arguments go to `node --test`: `npm test -- test/store/serials.test.ts --test-name-pattern epoch`.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../src/errors.ts";
import { startTargets } from "../test/helpers/mongo-servers.ts";
import { bundle } from "./binary/bundle.ts";
import { ensureMongod, type Mongod, renderMongod } from "./ensure-mongod.ts";
import { groupTests } from "./group-tests.ts";

const root = join(import.meta.dirname, "..");
const tell = (line: string) => process.stdout.write(`${line}\n`);

interface Servers {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

interface TestProcess {
  readonly ended: Promise<number>;
  forward(signal: NodeJS.Signals): void;
}

async function main(): Promise<number> {
  const mongod = await ensureMongod(process.env, { say: tell });
  tell(renderMongod(mongod));
  if (mongod.kind === "none" && process.env.CI === "true") return 1;

  const notesDir = mkdtempSync(join(tmpdir(), "fleetcron-test-"));
  const notesFile = join(notesDir, "notes.jsonl");
  let interrupted: NodeJS.Signals | null = null;
  let running: TestProcess | null = null;
  // Registered before the servers start: a Ctrl-C at any time must still end them.
  const interrupt = (signal: NodeJS.Signals) => {
    interrupted = signal;
    running?.forward(signal);
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);

  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rmSync(notesDir, { recursive: true, force: true }));
  // Hundreds of short-lived processes start the program.
  const program = process.env.FLEETCRON_TEST_PROGRAM ?? (await bundle(root, join(root, ".test-build"))).program;
  const servers = await startServers(mongod);
  cleanup.defer(() => servers.stop());
  if (interrupted === null) {
    running = startTests(process.argv.slice(2), {
      ...servers.env,
      FLEETCRON_TEST_NOTES: notesFile,
      FLEETCRON_TEST_PROGRAM: program,
    });
  }
  const exitCode = (await running?.ended) ?? 1;
  tell(interrupted === null ? renderSummary(mongod, readNotes(notesFile)) : `interrupted by ${interrupted}`);
  return interrupted === null ? exitCode : 128 + constants.signals[interrupted];
}

async function startServers(mongod: Mongod): Promise<Servers> {
  const running = await startTargets(mongod.kind === "binary" ? mongod : null);
  const given = mongod.kind === "uri" ? [{ name: "given server", uri: mongod.uri }] : [];
  const missing = mongod.kind === "none" ? renderMongod(mongod) : null;
  const targets = JSON.stringify({ targets: [...running.targets, ...given], missing });
  // Tests that start a server of their own need not search again.
  const binary = mongod.kind === "binary" ? { MONGOMS_SYSTEM_BINARY: mongod.path } : {};
  return { env: { FLEETCRON_TEST_TARGETS: targets, ...binary }, stop: running.stop };
}

function startTests(args: readonly string[], env: Readonly<Record<string, string>>): TestProcess {
  const namesFiles = args.some((arg) => !arg.startsWith("-") && (arg.endsWith(".ts") || arg.startsWith("test/")));
  const preload = join(root, "test", "helpers", "fail-on-warning.ts");
  // More processes than processors: most of them wait for servers, timers and each other's processes.
  const options = ["--test", "--test-concurrency=6", "--import", preload, ...args];
  const groups = namesFiles ? [] : groupTests(root, join(root, ".test-build", "groups"));
  const child = spawn(process.execPath, [...options, ...groups], {
    cwd: root,
    // Hundreds of test files compile the same sources.
    env: { NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "fleetcron", "compile"), ...process.env, ...env },
    stdio: "inherit",
  });
  return {
    ended: new Promise((resolve) => {
      child.once("error", () => resolve(1));
      child.once("exit", (code) => resolve(code ?? 1));
    }),
    forward: (signal) => child.kill(signal),
  };
}

interface Note {
  readonly suite: string;
  readonly target: string | null;
}

function readNotes(file: string): readonly Note[] {
  try {
    const lines = readFileSync(file, "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Note);
  } catch {
    return [];
  }
}

/** What ran, counted from what the suites themselves reported: never a claim about suites that were left out. */
function renderSummary(mongod: Mongod, notes: readonly Note[]): string {
  const left = notes.filter((note) => note.target === null).map((note) => note.suite);
  const ran = [...new Set(notes.flatMap((note) => note.target ?? []))].sort().reverse();
  const counts = ran.map((target) => {
    const count = notes.filter((note) => note.target === target).length;
    return `${target}: ${count} ${count === 1 ? "suite" : "suites"}`;
  });
  const lines = [renderMongod(mongod)];
  if (counts.length > 0) lines.push(`store and agent suites ran on: ${counts.join(", ")}`);
  if (left.length > 0) lines.push(`DID NOT RUN, for want of a mongod: ${left.join(", ")}`);
  if (notes.length === 0) lines.push("no store or agent suite was among these tests");
  return lines.join("\n");
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
