// Runs `config …` and `init …` in a scratch folder, on real streams.
import { Writable } from "node:stream";
import { Command } from "commander";
import { addConfigCommand } from "../../src/cli/config.ts";
import { addInitCommand } from "../../src/cli/init.ts";
import { createOutput } from "../../src/cli/output.ts";
import type { ConfigRequest } from "../../src/config/load-config.ts";
import type { Scratch } from "../config/scratch.ts";

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export async function run(place: Scratch, args: readonly string[], over: Partial<ConfigRequest> = {}): Promise<Ran> {
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        written[name] += String(chunk);
        done();
      },
    });
  let exitCode = 0;
  const program = new Command().exitOverride();
  const cli = {
    cwd: place.dir,
    output: createOutput({ stdout: stream("stdout"), stderr: stream("stderr"), env: {}, color: false }),
    loadConfig: () => place.load(over),
    exitWith: (code: number) => {
      exitCode = code;
    },
  };
  addConfigCommand(program, cli);
  addInitCommand(program, cli);
  await program.parseAsync(args, { from: "user" });
  return { ...written, exitCode };
}
