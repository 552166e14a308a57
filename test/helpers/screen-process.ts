// The real program on a real terminal of a given width, which `script` of util-linux makes: on Linux alone.
import { type ChildProcess, spawn } from "node:child_process";
import { type Environment, environment, ownProgram } from "./agent-process.ts";

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

export class ScreenProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #ended: Promise<unknown>;
  /** All that came, codes included. */
  shown = "";

  constructor(args: readonly string[], own: Environment, { columns }: { readonly columns: number }) {
    const command = [...ownProgram, ...args].map(quoted).join(" ");
    const line = `stty cols ${columns} rows 50; exec ${command}`;
    this.child = spawn("script", ["-qfec", line, "/dev/null"], {
      env: { TERM: "xterm", SHELL: "/bin/sh", ...environment(own) },
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.shown += text;
    });
    this.#ended = new Promise((resolve) => this.child.once("close", resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The terminal goes with `script`, and the program with its terminal.
    this.child.kill("SIGTERM");
    await this.#ended;
  }
}
