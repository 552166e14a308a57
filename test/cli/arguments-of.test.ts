import assert from "node:assert/strict";
import { test } from "node:test";
import { argumentsOf } from "../../src/cli/arguments-of.ts";

const rows: [string, readonly string[], readonly string[]][] = [
  ["fleetcron-agent", [], ["agent"]],
  ["fleetcron-agent", ["--config", "fleet.json"], ["--config", "fleet.json", "agent"]],
  ["fleetcron-agent", ["--config=fleet.json"], ["--config=fleet.json", "agent"]],
  ["fleetcron-agent", ["--set", "tz=UTC", "--no-color"], ["--set", "tz=UTC", "--no-color", "agent"]],
  ["fleetcron-agent-linux-arm64", ["--config", "status"], ["--config", "status", "agent"]],
  ["fleetcron-agent.exe", [], ["agent"]],
  ["fleetcron-agent", ["--config", "fleet.json", "status"], ["--config", "fleet.json", "status"]],
  ["fleetcron-agent", ["statsu"], ["statsu"]],
  ["fleetcron-agent", ["--help"], ["--help"]],
  ["fleetcron-agent", ["-V"], ["-V"]],
  ["fleetcron", [], []],
  ["fleetcron", ["--config", "fleet.json"], ["--config", "fleet.json"]],
];
for (const [name, given, expected] of rows) {
  test(`${[name, ...given].join(" ")} is fleetcron ${expected.join(" ")}`, () => {
    assert.deepEqual(argumentsOf(["/usr/bin/node", `/opt/fleet/${name}`, ...given]), expected);
  });
}
