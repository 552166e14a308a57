// What each kind of service gets, on a real socket, and that no secret is in it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createSendRequest } from "../../src/chain/http-attempt.ts";
import { createMasker } from "../../src/chain/masking.ts";
import type { Channel } from "../../src/model/channel.ts";
import { renderMessage } from "../../src/notify/render-message.ts";
import { sendMessage } from "../../src/notify/send-message.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import type { IncidentDocument } from "../../src/store/collections.ts";
import { scratch } from "../config/scratch.ts";
import { assertNoSecret } from "../helpers/secret-forms.ts";
import { startTarget, type Target } from "../helpers/target.ts";

const secrets = { TOKEN: "0a1B2c3D4e5F6071" };
const mask = createMasker(new Map([["TOKEN", { value: secrets.TOKEN, hosts: null }]]));
const network = { denyPrivate: false, allowHosts: [], denyHosts: [] };
const since = new Date("2026-01-31T03:00:00Z");
const at = new Date("2026-01-31T03:00:04.312Z");

/** Of a job whose name, id and reason hold a secret, as a person's mistake may have it. */
const incident: IncidentDocument = {
  ...{ _id: "the-incident", subject: "failing:j", number: 1, state: "open", job_id: "j" },
  job_name: `<billing> & ${secrets.TOKEN}`,
  begin: { event: "failed", at, since, hostname: "web-1", run_id: `${secrets.TOKEN}@x`, reason: `a ${secrets.TOKEN}` },
  ...{ end: null, last_run_for: since, slow_ms: null, channels: [], recovered: true, messages: [], expires_at: null },
};
const message = renderMessage(incident, "failed", mask);
const text = "job <billing> & {{TOKEN}} failed: a {{TOKEN}} (due 2026-01-31T03:00:00.000Z, on web-1)";

let target: Target;
const { send, close } = createSendRequest({ clock: systemClock });
before(async () => {
  target = await startTarget();
});
after(async () => {
  await close();
  await target.close();
});

const { signal } = new AbortController();
const tell = (channel: Channel, timeoutMs = 10_000) =>
  sendMessage({ send, mask, network, userAgent: "fleetcron/0", timeoutMs, signal }, channel, message);

test("each kind of channel gets what its service takes, under the incident's key and without a secret", async () => {
  const kinds: readonly (readonly [Channel, string, unknown])[] = [
    [{ type: "webhook", url: `${target.url}/hook` }, "/hook", message],
    [
      { type: "slack", url: `${target.url}/slack` },
      "/slack",
      { text: text.replace("<", "&lt;").replace(">", "&gt;").replace(" & ", " &amp; ") },
    ],
    [{ type: "telegram", url: target.url, token: "1:a", chatId: "-7" }, "/bot1:a/sendMessage", { chat_id: "-7", text }],
  ];
  for (const [channel, path, body] of kinds) {
    assert.equal(await tell(channel), null);
    const request = target.requests.at(-1);
    assert.deepEqual([request?.method, request?.url, JSON.parse(request?.body ?? "")], ["POST", path, body]);
    assert.equal(request?.headers["idempotency-key"], "the-incident/failed");
    assert.equal(request?.headers["content-type"], "application/json");
    assertNoSecret(`${request?.body}`, secrets, channel.type);
  }
});

test("whatever a channel does, the answer is in words, without the path of its url", async () => {
  target.on("/500", (_request, response) => response.writeHead(500).end());
  target.on("/302", (_request, response) => response.writeHead(302, { location: "/ok" }).end());
  target.on("/never", () => undefined);
  const answers = [
    ["/500", /status.* 500$/],
    ["/302", /status.* 302/],
    ["/never", /^timeout: no answer within 0.2 s/],
  ] as const;
  for (const [path, words] of answers) {
    const error = await tell({ type: "webhook", url: target.url + path }, path === "/never" ? 200 : 10_000);
    assert.match(error ?? "", words);
    assert.doesNotMatch(error ?? "", new RegExp(path));
  }
  const guarded = { send, mask, network: { ...network, denyPrivate: true }, userAgent: "f", timeoutMs: 1_000, signal };
  const before = target.requests.length;
  const error = await sendMessage(guarded, { type: "webhook", url: target.url }, message);
  assert.match(error ?? "", /^blocked: 127\.0\.0\.1 is private/);
  assert.equal(target.requests.length, before);
});

test("docs/notifications.md shows a config that loads, and a message as it is sent", (t) => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/notifications.md"), "utf8");
  const [config = "", shown = ""] = [...page.matchAll(/^```json\n(.*?)^```/gms)].map(([, json]) => json ?? "");
  const place = scratch(t);
  const pager = place.write("pager", "https://pager.example.com/");
  place.write("fleetcron.config.json", config.replace("/run/secrets/pager_url", pager));
  const env = { OPS_SLACK_URL: "https://hooks.slack.example/", BOT_TOKEN: "1:a" };
  assert.equal(place.load({ env, requireUri: false }).config.notify.size, 3);
  const documented = JSON.parse(shown);
  assert.deepEqual(Object.keys(documented), Object.keys(message));
  const begin = { ...incident.begin, reason: documented.reason, run_id: documented.run_id };
  const billing = { ...incident, _id: documented.incident_id, job_name: documented.job, begin };
  assert.deepEqual(renderMessage(billing, "failed", mask), documented);
});
