// docs/metrics.md and docs/alerts.yml against the metrics that there are, and against Prometheus's own tool where one is
// on PATH (Debian package prometheus).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse, stringify } from "yaml";
import { createAgentMetrics } from "../../src/metrics/agent-metrics.ts";
import type { AgentState } from "../../src/model/meter.ts";
import { temporaryDir } from "../helpers/agent-process.ts";

const docs = join(import.meta.dirname, "..", "..", "docs");
const page = readFileSync(join(docs, "metrics.md"), "utf8");
const alertsFile = join(docs, "alerts.yml");

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
}
const { groups } = parse(readFileSync(alertsFile, "utf8")) as {
  groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);

const state: AgentState = {
  ...{ machineId: "m-1", hostname: "host.example", version: "1.2.3" },
  ...{ serial: 1, runsInProgress: 0, slots: { limit: 50, free: 50 }, jobs: { loaded: 1, invalid: 0 } },
  ...{ clockOffsetMs: 3, databaseAwayMs: null, claims: "open" },
};

/** As they are after something of every kind has happened. */
function usedMetrics() {
  const metrics = createAgentMetrics(() => state);
  metrics.claimDecided("won");
  metrics.runEnded({ status: "ok", lateMs: 12, elapsedMs: 80, steps: [] });
  metrics.roundEnded("heartbeat", "done");
  metrics.roundEnded("heartbeat", "failed");
  metrics.commandEnded("insert", 3, "done");
  metrics.commandEnded("update", 3, "failed");
  metrics.runTakenOver();
  return metrics.registry;
}

test("every metric is on its page with its type and labels, and the page knows no other", async () => {
  const documented = [...page.matchAll(/^\| `(\w+)` \| (gauge|counter|histogram) \| (.*?) ?\| .+ \|$/gm)].map(
    ([, name, type, labels = ""]) => [
      name,
      { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label) },
    ],
  );
  const there = (await usedMetrics().getMetricsAsJSON()).map(({ name, type, values }) => {
    const labels = new Set(values.flatMap((value) => Object.keys(value.labels)));
    labels.delete("le");
    return [name, { type, labels: [...labels] }];
  });
  assert.deepEqual(Object.fromEntries(documented), Object.fromEntries(there));
});

test("five alerts are on the page, and they use only metrics that there are", async () => {
  const listed = [...page.matchAll(/^\| `(FleetCron\w+)` \|/gm)].map(([, name]) => name);
  assert.deepEqual(
    listed,
    rules.map(({ alert }) => alert),
  );
  assert.equal(listed.length, 5);
  const names = new Set((await usedMetrics().getMetricsAsJSON()).map(({ name }) => name));
  for (const { expr } of rules) {
    for (const [name] of expr.matchAll(/fleetcron_\w+/g)) assert.ok(names.has(name), name);
  }
});

const found = spawnSync("promtool", ["--version"]);
const skip = found.status === 0 ? false : "no promtool on PATH: it is in the Debian package prometheus";

function promtool(args: readonly string[], input = ""): void {
  const { status, stdout, stderr } = spawnSync("promtool", args, { input, encoding: "utf8" });
  assert.deepEqual({ status, said: stderr }, { status: 0, said: "" }, stdout);
}

test("Prometheus finds no fault with the metrics", { skip }, async () => {
  promtool(["check", "metrics"], await usedMetrics().metrics());
});

test("Prometheus accepts the alerts", { skip }, () => promtool(["check", "rules", alertsFile]));

/** A value for each minute of an hour, in Prometheus's own notation. */
const healthy = {
  'up{job="fleetcron", instance="a"}': "1x60",
  'fleetcron_ready{instance="a"}': "1x60",
  'fleetcron_slots_free{instance="a"}': "0x8 50x52",
  'fleetcron_runs_total{status="ok"}': "0+10x60",
  'fleetcron_runs_total{status="error"}': "0+1x60",
  'fleetcron_runs_total{status="missed"}': "0x60",
  'fleetcron_runs_total{status="lost"}': "3x60",
};
const troubles: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  FleetCronAgentDown: { 'up{job="fleetcron", instance="a"}': "1x30 0x30" },
  FleetCronAgentNotReady: { 'fleetcron_ready{instance="a"}': "1x30 0x30" },
  FleetCronRunsNotStarted: { 'fleetcron_runs_total{status="lost"}': "3x55 4x5" },
  FleetCronRunsFailing: { 'fleetcron_runs_total{status="error"}': "0+5x60" },
  FleetCronNoFreeSlots: { 'fleetcron_slots_free{instance="a"}': "0x60" },
};

/** The alerts that fire after an hour. */
function firing(series: Readonly<Record<string, string>>): readonly string[] {
  using dir = temporaryDir();
  const file = join(dir.path, "test.yml");
  const input = Object.entries(series).map(([name, values]) => ({ series: name, values }));
  return rules
    .map(({ alert }) => alert)
    .filter((alert) => {
      const cases = [{ eval_time: "1h", alertname: alert, exp_alerts: [] }];
      const tests = [{ interval: "1m", input_series: input, alert_rule_test: cases }];
      writeFileSync(file, stringify({ rule_files: [alertsFile], evaluation_interval: "1m", tests }));
      const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", file], { encoding: "utf8" });
      assert.ok(status === 0 || /alertname: ?/.test(stdout + stderr), stdout + stderr);
      return status !== 0;
    });
}

test("no alert fires on a healthy fleet", { skip }, () => assert.deepEqual(firing(healthy), []));

test("every alert has its trouble", () =>
  assert.deepEqual(Object.keys(troubles).sort(), rules.map(({ alert }) => alert).sort()));

for (const [alert, series] of Object.entries(troubles)) {
  test(`${alert} fires in its trouble, alone`, { skip }, () => {
    assert.deepEqual(firing({ ...healthy, ...series }), [alert]);
  });
}
