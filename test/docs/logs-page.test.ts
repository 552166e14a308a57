// docs/logs.md against the sources: every message, its level, and the line that a run leaves.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { onEmbedded } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget } from "../helpers/target.ts";
import { startAgent, until } from "../helpers/test-agent.ts";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "logs.md"), "utf8");

const levels = "trace|debug|info|warn|error|fatal";
const call = new RegExp(`\\b#?log\\??(?:\\.(?:${levels})|\\[[^\\]]*\\])\\(`, "g");
/** The level, and the text that ends the arguments. */
const constantCall = new RegExp(`\\blog\\??(?:\\.(${levels})|\\[([^\\]]*)\\])\\([^;\`]*?"([^"]+)",?\\s*\\)`, "g");

interface Message {
  readonly message: string;
  readonly level: string;
}

const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => ({ name, text: readFileSync(join(root, "src", name), "utf8") }));

function messagesIn(text: string): readonly Message[] {
  return [...text.matchAll(constantCall)].map(([, level, chosen = "", message = ""]) => {
    const either = [...chosen.matchAll(/"(\w+)"/g)].map(([, one]) => one).join(" or ");
    return { message, level: level ?? either };
  });
}

test("every message of the log is a constant text", () => {
  for (const { name, text } of sources) assert.equal(messagesIn(text).length, [...text.matchAll(call)].length, name);
});

test("every message is on its page with its level, and the page knows no other", () => {
  const written = sources.flatMap(({ text }) => messagesIn(text)).map(({ message, level }) => `${message}: ${level}`);
  const listed = [...page.matchAll(/^\| `([^`]+)` \| ([a-z ]+) \| .+ \| .*\|$/gm)].map(
    ([, message, level]) => `${message}: ${level}`,
  );
  assert.deepEqual(listed.toSorted(), [...new Set(written)].sort());
});

await onEmbedded("the line of a run", (suite) => {
  test("the page's example has the fields of a real one", async () => {
    const { store } = await openTestStore(suite);
    await using _store = store;
    await using target = await startTarget();
    await store.jobs.insertOne({ name: "import", at: new Date(), url: target.url });
    await using agent = await startAgent(store);
    await until(() => agent.runs.length === 1, "the run has ended");
    const [example = ""] = /^\{"level".*$/m.exec(page) ?? [];
    const shown = JSON.parse(example);
    const line = agent.logged.find(({ msg }) => msg === shown.msg);
    assert.deepEqual(Object.keys(shown), Object.keys(line ?? {}));
    assert.deepEqual([shown.level, shown.job, shown.status], [line?.level, line?.job, line?.status]);
  });
});
