// `reload_config` reads the files and variables behind a config again: secrets, and the certificates that are trusted.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findCommand, insertCommand } from "../../src/store/commands.ts";
import type { Store } from "../../src/store/connect.ts";
import { configName, scratch, uri } from "../config/scratch.ts";
import { pem } from "../helpers/certificates/certificate.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget } from "../helpers/target.ts";
import { startAgent, until } from "../helpers/test-agent.ts";

await forEachTarget("reloaded secrets", (suite) => {
  let store: Store;

  before(async () => {
    ({ store } = await openTestStore(suite));
  });
  after(() => store.close());

  test("files, variables and certificates count as they are after reload_config, without a restart", async (t) => {
    await using target = await startTarget({ certificate: "localhost" });
    const place = scratch(t);
    const env = { TOKEN: "first from env" };
    place.write("token", "first from file");
    place.write("ca.pem", pem("ca"));
    const secrets = { A: { file: "token" }, B: { env: "TOKEN" } };
    place.write(configName, { mongodb_uri: uri, secrets, tls: { ca_file: "ca.pem" }, poll_sec: 0.1 });
    const load = () => place.load({ env }).config;
    const reloadSettings = () => ({ settings: load(), notes: [] });
    await using agent = await startAgent(store, { ...load(), reloadSettings });

    const command = async (type: "reload_jobs" | "reload_config") => {
      const id = await insertCommand(store, { type, target: "all" });
      await until(async () => (await findCommand(store, id))?.acks[0]?.ok === true, `${type} is acknowledged`);
    };
    /** The error code of a run that sends both. */
    const run = async (name: string) => {
      const headers = { "X-A": "{{A}}", "X-B": "{{B}}" };
      await store.jobs.insertOne({ name, at: new Date(), url: target.url, headers, retry: { retries: 0 } });
      await command("reload_jobs");
      await until(() => agent.runs.some(({ job }) => job === name), `${name} ended`);
      return agent.runs.find(({ job }) => job === name)?.steps[0]?.error?.code ?? null;
    };
    const sent = () => target.requests.map(({ headers }) => [headers["x-a"], headers["x-b"]]);

    assert.equal(await run("before"), null);
    place.write("token", "second from file");
    env.TOKEN = "second from env";
    assert.equal(await run("unread"), null);
    await command("reload_config");
    assert.equal(await run("after"), null);
    const first = ["first from file", "first from env"];
    assert.deepEqual(sent(), [first, first, ["second from file", "second from env"]]);

    place.write("ca.pem", pem("self-signed"));
    await command("reload_config");
    assert.equal(await run("distrusted"), "tls");
    assert.equal(target.requests.length, 3);
  });
});
