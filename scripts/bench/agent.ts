// An agent inside the benchmark's process, as `fleetcron agent` would run it with the default config.

import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { runAgent } from "../../src/agent/agent.ts";
import { createSendRequest } from "../../src/chain/http-attempt.ts";
import { defaultConfig } from "../../src/config/load-config.ts";
import type { Meter } from "../../src/model/meter.ts";
import type { RunSummary } from "../../src/model/run.ts";
import type { AgentSettings } from "../../src/model/settings.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import type { Store } from "../../src/store/connect.ts";
import { runCommand } from "../../test/helpers/run-command.ts";
import { wait, wallNow } from "./figures.ts";

export interface BenchAgent extends AsyncDisposable {
  /** Every recorded run with the wall time at which its record was acknowledged. */
  readonly ended: { readonly run: RunSummary; readonly at: number }[];
}

export async function startBenchAgent(
  store: Store,
  { meter, ...overrides }: Partial<AgentSettings> & { readonly meter?: Meter } = {},
): Promise<BenchAgent> {
  const settings: AgentSettings = { ...defaultConfig("/").config, ...overrides };
  const stop = new AbortController();
  const ended: { run: RunSummary; at: number }[] = [];
  const http = createSendRequest({ clock: systemClock });
  let ready = false;
  const write = (line: string) => {
    if (line.includes("agent ready")) ready = true;
  };
  const log = pino({ level: "info", base: null }, { write });
  const done = runAgent(
    {
      store,
      clock: systemClock,
      random: Math.random,
      newId: randomUUID,
      log,
      settings,
      reloadSettings: () => ({ settings, notes: [] }),
      send: http.send,
      runCommand,
      machine: { machineId: randomUUID(), instanceId: randomUUID(), hostname: "bench", version: "bench" },
      onRunEnd: (run) => ended.push({ run, at: wallNow() }),
      ...(meter && { meter }),
    },
    stop.signal,
  );
  while (!ready) await Promise.race([wait(10), done]);
  return {
    ended,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await done;
      await http.close();
    },
  };
}
