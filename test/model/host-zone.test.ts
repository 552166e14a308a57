import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";

const files = ["cron-vectors.test.ts", "schedule.test.ts", "parse-job.test.ts", "condition.test.ts"].map((name) =>
  join(import.meta.dirname, name),
);

describe("the zone of the machine itself makes no difference:", () => {
  for (const zone of ["UTC", "America/New_York", "Asia/Seoul"]) {
    test(zone, () => {
      // Without the variable by which node --test knows its own children.
      const { NODE_TEST_CONTEXT: _, ...env } = process.env;
      // All files in one process: a process for each takes longer than their tests.
      const args = ["--test", "--test-isolation=none", ...files];
      const child = spawnSync(process.execPath, args, { env: { ...env, TZ: zone }, encoding: "utf8" });
      assert.equal(child.status, 0, `${child.stdout}${child.stderr}`);
      assert.match(child.stdout, /pass [1-9]/);
    });
  }
});
