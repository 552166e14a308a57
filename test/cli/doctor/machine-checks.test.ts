// What doctor finds about this machine alone: no database answers.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync } from "node:fs";
import { test } from "node:test";
import { configName } from "../../config/scratch.ts";
import { patient } from "./patient.ts";

const nowhere = { mongodb_uri: "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=1" };

test("without a config doctor says how to get one, and what it did not look at", async (t) => {
  const { found, notChecked } = await patient(t, null).examine();
  assert.deepEqual(
    found.map(({ check, verdict, text }) => [check, verdict, text]),
    [["config", "failed", "found no config"]],
  );
  assert.match(found[0]?.mend ?? "", /^fleetcron init/);
  assert.deepEqual(notChecked.slice(0, 2), ["files", "exec"]);
});

test("every problem of a config is told, those of secrets under their own name", async (t) => {
  const config = { max_serial: 0, lease_sec: 1, secrets: { KEY: { file: "nowhere" }, OTHER: { env: "NOT_SET" } } };
  const { found, notChecked } = await patient(t, { ...nowhere, ...config }).examine();
  assert.deepEqual(
    found.map(({ check, verdict, text }) => [check, verdict, text.split(":")[0]]),
    [
      ["config", "failed", "max_serial"],
      ["config", "failed", "lease_sec"],
      ["secrets", "failed", "secrets.KEY.file"],
      ["secrets", "failed", "secrets.OTHER.env"],
    ],
  );
  assert.ok(found.every(({ mend }) => mend?.includes(configName)));
  assert.ok(notChecked.length > 5);
});

test("a secret that cannot be read here keeps no other check from its own", async (t) => {
  const config = { ...nowhere, secrets: { KEY: { file: "/run/credentials/agent/key" } } };
  const { found } = await patient(t, config).examine();
  assert.deepEqual(
    found.map(({ check }) => check).filter((check) => check !== "service"),
    ["secrets", "files", "database"],
  );
});

test("a config whose secrets others can read is told with the chmod that mends it", async (t) => {
  const machine = patient(t, { ...nowhere, secrets: { KEY: "s3cret" } });
  chmodSync(`${machine.dir}/${configName}`, 0o644);
  const [finding, ...others] = await machine.found("config");
  assert.deepEqual(others, []);
  assert.equal(finding?.verdict, "failed");
  assert.equal(finding.mend, `chmod 600 ${machine.dir}/${configName}`);
});

test("a sound config is told with its file, its warnings and the number of its secrets", async (t) => {
  const machine = patient(t, { ...nowhere, secrets: { KEY: "s3cret" } });
  assert.deepEqual(
    (await machine.found("config")).map(({ verdict }) => verdict),
    ["ok", "warning"],
  );
  assert.deepEqual(await machine.found("secrets"), [{ verdict: "ok", text: "1 secret, all can be read", mend: null }]);
});

test("a config that others may change is a failure", async (t) => {
  const machine = patient(t, nowhere);
  chmodSync(`${machine.dir}/${configName}`, 0o622);
  const [finding] = await machine.found("files");
  assert.deepEqual([finding?.verdict, finding?.mend], ["failed", `chmod go-w ${machine.dir}/${configName}`]);
});

test("a state_dir is fine when it is missing or ours alone, open to others a warning, a file a failure", async (t) => {
  const machine = patient(t, nowhere);
  const verdicts = async () => (await machine.found("files")).map(({ verdict, mend }) => [verdict, mend]);
  assert.deepEqual(await verdicts(), [["ok", null]]);
  mkdirSync(machine.stateDir, { mode: 0o755 });
  chmodSync(machine.stateDir, 0o755);
  assert.deepEqual(await verdicts(), [["warning", `chmod 700 ${machine.stateDir}`]]);
  chmodSync(machine.stateDir, 0o700);
  assert.deepEqual(await verdicts(), [["ok", null]]);
  const other = patient(t, nowhere);
  other.write("state", "a file");
  assert.equal((await other.found("files"))[0]?.verdict, "failed");
});

const isRoot = process.getuid?.() === 0;
test("a state_dir that can't be written is a failure", { skip: isRoot && "root may write everywhere" }, async (t) => {
  const machine = patient(t, nowhere);
  mkdirSync(machine.stateDir, { mode: 0o500 });
  assert.equal((await machine.found("files"))[0]?.verdict, "failed");
});

test("a damaged machine.json is a failure, and keeps no other check from looking", async (t) => {
  const machine = patient(t, nowhere);
  machine.write("state/machine.json", "{}");
  chmodSync(machine.stateDir, 0o700);
  const { found } = await machine.examine();
  const files = found.filter(({ check }) => check === "files");
  assert.deepEqual([files.length, files[0]?.verdict], [1, "failed"]);
  assert.match(files[0]?.text ?? "", /machine\.json: expected \{"machine_id": "<UUID>"\}/);
  assert.equal(found.at(-1)?.check, "database");
});

test("a database that does not answer is one failure, and what needs it is not looked at", async (t) => {
  const { found, notChecked } = await patient(t, nowhere).examine();
  const [finding, ...others] = found.filter(({ verdict }) => verdict === "failed");
  assert.deepEqual(others, []);
  assert.deepEqual([finding?.check, finding?.mend?.startsWith("is it running")], ["database", true]);
  assert.deepEqual(notChecked, ["privileges", "indexes", "clock", "time zone", "zone data", "agent", "store size"]);
});
