import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface BenchTarget extends Disposable {
  readonly url: string;
  /** What arrived since the last call: idempotency key (or path) and wall time with fractions. */
  arrivals(): Promise<readonly { readonly key: string; readonly at: number }[]>;
  /** Answers the requests for `/held…` that came so far; they get no answer before. */
  release(): Promise<void>;
}

export async function startBenchTarget(): Promise<BenchTarget> {
  const child: ChildProcess = fork(join(import.meta.dirname, "target-process.ts"));
  const [port] = await once(child, "message");
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    arrivals: async () => (await fetch(`${url}/arrivals`)).json() as ReturnType<BenchTarget["arrivals"]>,
    release: async () => void (await fetch(`${url}/release`)),
    [Symbol.dispose]: () => void child.disconnect(),
  };
}
