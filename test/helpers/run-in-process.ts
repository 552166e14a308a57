// One command in this process: the program's own main, with streams and an environment of its own. It says and does what
// the program does, in a tenth of its processor time. That programs end, and with which code, is shown by real ones:
// `test/cli/commands.test.ts`.
import { EventEmitter } from "node:events";
import { tmpdir } from "node:os";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { runCli } from "../../src/cli/program.ts";
import { type Environment, environment, type ProgramEnd } from "./agent-process.ts";

export async function runInProcess(args: readonly string[], env: Environment, input = ""): Promise<ProgramEnd> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(stdout), text(stderr)]);
  const argv = [process.execPath, "fleetcron", ...args];
  const stdin = Readable.from([input]);
  const { platform } = process;
  const own = { argv, env: environment(env), cwd: tmpdir, platform, stdin, stdout, stderr };
  const given = Object.assign(new EventEmitter(), own);
  const code = await runCli(given as unknown as NodeJS.Process);
  stdout.end();
  stderr.end();
  const [ofStdout, ofStderr] = await said;
  return { code, stdout: ofStdout, stderr: ofStderr };
}
