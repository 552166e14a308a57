import assert from "node:assert/strict";
import { test } from "node:test";
import { cliSuite } from "./cli-suite.ts";

await cliSuite("commands on an empty database", (cli) => {
  for (const args of [["jobs", "list"], ["runs", "list"], ["machines", "list"], ["machines"], ["jobs", "check"]]) {
    test(`${args.join(" ")} --json prints an empty list`, async () => {
      const { code, stdout } = await cli.run([...args, "--json"]);
      assert.deepEqual([code, stdout], [0, "[]\n"]);
    });
  }

  test("lists keep stdout empty and say on stderr that there is nothing", async () => {
    for (const command of ["jobs", "runs", "machines"]) {
      const { code, stdout, stderr } = await cli.run([command, "list"]);
      assert.deepEqual([code, stdout], [0, ""]);
      assert.match(stderr, /^no /);
    }
  });

  test("status shows every part, and as JSON one object with five keys", async () => {
    const { code, stdout } = await cli.run(["status"]);
    assert.equal(code, 0);
    for (const title of ["machines", "next due", "in progress", "failures of the last 24 hours", "no invalid job"]) {
      assert.ok(stdout.includes(title), title);
    }
    const expected = { machines: [], next: [], running: [], failures: [], invalid: 0 };
    assert.deepEqual(await cli.json(["status"]), expected);
  });

  const unknown: [string[], string][] = [
    [["jobs", "show", "nightly"], 'no job with the name or id "nightly"'],
    [["jobs", "run", "nightly"], 'no job with the name or id "nightly"'],
    [["jobs", "enable", "nightly"], 'no job with the name or id "nightly"'],
    [["jobs", "remove", "nightly"], 'no job with the name or id "nightly"'],
    [["runs", "show", "x@y"], 'no run with the id "x@y"'],
    [["runs", "list", "--job", "nightly"], 'no job with the name or id "nightly"'],
    [["runs", "list", "--machine", "web-1"], 'no machine "web-1"'],
    [["machines", "forget", "web-1"], 'no machine "web-1"'],
    [["reload", "web-1"], 'no machine "web-1"'],
  ];
  for (const [args, message] of unknown) {
    test(`${args.join(" ")} ends with 1 and names what is unknown`, async () => {
      const { code, stdout, stderr } = await cli.run(args);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.ok(stderr.startsWith(`fleetcron: ${message}`), stderr);
    });
  }

  for (const command of ["reload", "reload-config"]) {
    test(`${command} without any live agent says so and ends with 75`, async () => {
      const { code, stderr } = await cli.run([command]);
      assert.equal(code, 75);
      assert.match(stderr, /no live agent; the (jobs|config) (are|is) read when one starts/);
    });
  }

  test("reload --no-wait only sends the command", async () => {
    const { code, stdout, stderr } = await cli.run(["reload", "--no-wait"]);
    assert.deepEqual([code, stdout], [0, ""]);
    assert.match(stderr, /command [0-9a-f]{24} sent to all machines/);
  });
});
