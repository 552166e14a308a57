// A whole agent inside the test's process: real store, real HTTP, real clock; short intervals so that tests are quick.

import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { runAgent } from "../../src/agent/agent.ts";
import type { ReadyAgent } from "../../src/agent/deps.ts";
import { createSendRequest } from "../../src/chain/http-attempt.ts";
import type { Meter } from "../../src/model/meter.ts";
import { notifyNobody } from "../../src/model/notify.ts";
import type { RunSummary } from "../../src/model/run.ts";
import type { AgentSettings } from "../../src/model/settings.ts";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";
import type { Store } from "../../src/store/connect.ts";
import { retryPolicy } from "./retry-policy.ts";
import { runCommand } from "./run-command.ts";

export const testSettings: AgentSettings = {
  tz: "UTC",
  maxSerial: 5,
  staggerSec: 0.3,
  secrets: new Map(),
  httpDefaults: { timeoutSec: 5, retry: retryPolicy({ retries: 0, delaySec: 0.1, backoff: 2, maxDelaySec: 1 }) },
  maxConcurrentRuns: 50,
  heartbeatSec: 0.5,
  // Long enough for a busy machine to beat within it.
  leaseSec: 10,
  pollSec: 0.2,
  startGraceSec: 60,
  retentionDays: 30,
  tags: {},
  network: { denyPrivate: false, allowHosts: [], denyHosts: [] },
  exec: { allow: [] },
  notify: new Map(),
  notifyDefault: notifyNobody,
  notifyMachines: [],
};

export interface TestAgent extends AsyncDisposable {
  readonly machineId: string;
  readonly instanceId: string;
  /** Runs this agent ended, in order. */
  readonly runs: RunSummary[];
  /** Log entries as objects. */
  readonly logged: Record<string, unknown>[];
  /** Asks for a graceful stop; resolves when the agent has ended. */
  stop(): Promise<void>;
  /** Rejects or resolves as the agent ends by itself. */
  readonly ended: Promise<void>;
}

export interface TestAgentOptions extends Partial<AgentSettings> {
  readonly hostname?: string;
  readonly machineId?: string;
  readonly clock?: Clock;
  readonly reloadSettings?: () => { settings: AgentSettings; notes: readonly string[] };
  readonly meter?: Meter;
  readonly onReady?: (agent: ReadyAgent) => void;
}

/** Starts an agent and waits until it is ready (or failed to start, which rejects). */
export async function startAgent(store: Store, options: TestAgentOptions = {}): Promise<TestAgent> {
  const {
    hostname = "test-host",
    machineId = randomUUID(),
    clock = systemClock,
    reloadSettings,
    meter,
    onReady,
    ...overrides
  } = options;
  const settings = { ...testSettings, ...overrides };
  const stop = new AbortController();
  const logged: Record<string, unknown>[] = [];
  const runs: RunSummary[] = [];
  const instanceId = randomUUID();
  const http = createSendRequest({ clock });
  const log = pino({ level: "debug", base: null }, { write: (line: string) => logged.push(JSON.parse(line)) });
  const ended = runAgent(
    {
      store,
      clock,
      random: Math.random,
      newId: randomUUID,
      log,
      settings,
      reloadSettings: reloadSettings ?? (() => ({ settings, notes: [] })),
      send: http.send,
      runCommand,
      machine: { machineId, instanceId, hostname, version: "0.0.0-test" },
      onRunEnd: (run) => runs.push(run),
      ...(meter && { meter }),
      ...(onReady && { onReady }),
    },
    stop.signal,
  ).finally(() => http.close());
  ended.catch(() => undefined);
  const stopAndWait = async () => {
    stop.abort();
    await ended;
  };
  const isReady = () => logged.some((entry) => entry.msg === "agent ready");
  let isOver = false;
  const over = ended.finally(() => {
    isOver = true;
  });
  // The wait ends with the agent: a poll left behind would hold up the test's process.
  await Promise.race([over, until(() => isOver || isReady(), "the agent is ready")]);
  return {
    machineId,
    instanceId,
    runs,
    logged,
    stop: stopAndWait,
    ended,
    [Symbol.asyncDispose]: () => stopAndWait().catch(() => undefined),
  };
}

/**
 * Waits for a condition; gives up only after a limit no healthy machine comes near. What takes long is looked at less
 * often: hundreds of tests that ask a database at every turn would slow down what they wait for.
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  limitMs = 120_000,
): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    if (await condition()) return;
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > limitMs) throw new Error(`waited ${limitMs / 1000} s in vain until ${what}`);
    const pauseMs = Math.min(Math.max(20, waitedMs / 5), 200);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
