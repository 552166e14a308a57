// Channels: their addresses are secrets, and what is wrong with one is told without showing it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { configEntries } from "../../src/config/config-entries.ts";
import { configName, scratch, uri } from "./scratch.ts";

test("urls and tokens of channels come from the config, a variable or a file", (t) => {
  const place = scratch(t);
  place.write("token", "123:abc\n");
  const notify = {
    plain: { type: "webhook", url: "https://hooks.example.com/geheim" },
    variable: { type: "slack", url: { env: "SLACK" } },
    bot: { type: "telegram", token: { file: "token" }, chat_id: "-100" },
    own: { type: "telegram", url: "http://127.0.0.1:8081/", token: { value: "1:a" }, chat_id: "@ops" },
  };
  place.write(configName, {
    mongodb_uri: uri,
    notify,
    notify_default: { channels: ["bot"] },
    notify_machines: ["own"],
  });
  const { config } = place.load({ env: { SLACK: "https://hooks.slack.example/T/B" } });
  assert.deepEqual(Object.fromEntries(config.notify), {
    plain: { type: "webhook", url: "https://hooks.example.com/geheim" },
    variable: { type: "slack", url: "https://hooks.slack.example/T/B" },
    bot: { type: "telegram", url: "https://api.telegram.org", token: "123:abc", chatId: "-100" },
    own: { type: "telegram", url: "http://127.0.0.1:8081", token: "1:a", chatId: "@ops" },
  });
  assert.deepEqual([config.notifyDefault.channels, config.notifyMachines], [["bot"], ["own"]]);
  assert.doesNotMatch(JSON.stringify(configEntries(config)), /geheim|123:abc|T\/B/);
});

test("everything that is wrong with channels is told at once, and no address with it", (t) => {
  const place = scratch(t);
  place.write(configName, {
    mongodb_uri: uri,
    notify: {
      nowhere: { type: "webhook" },
      odd: { type: "slack", url: "geheim" },
      unset: { type: "slack", url: { env: "NOT_SET" } },
      twice: { type: "webhook", url: { env: "A", file: "b" } },
      bot: { type: "telegram", token: "geheim token" },
      mixed: { type: "webhook", url: "https://h/geheim", chat_id: "1" },
    },
    notify_default: { channels: ["nowere"] },
    notify_machines: ["x"],
  });
  const { details } = place.failure();
  assert.deepEqual(
    details.map((line) => line.replace(/ \([^()]*\)$/, "")),
    [
      'notify_default.channels[0]: expected a channel of notify, got "nowere"; did you mean "nowhere"?',
      'notify_machines[0]: expected a channel of notify, got "x"',
      "notify.nowhere.url: expected a value, got nothing",
      "notify.odd.url: expected a url that begins with http:// or https://, without a user name, got a text",
      "notify.unset.url.env: expected the name of an environment variable with a value, got NOT_SET, which is not set",
      'notify.twice.url: expected exactly one of "value", "env" and "file", got "env" and "file"',
      "notify.bot.token: expected the token of a bot, such as 123456:ABC-DEF, got a text",
      "notify.bot.chat_id: expected the id of a chat, got nothing",
      "notify.mixed.chat_id: unknown key of webhook",
    ],
  );
  assert.doesNotMatch(details.join(), /geheim/);
});

test("a channel of an unknown type, or with a misspelt key, is refused in plain words", (t) => {
  const place = scratch(t);
  place.write(configName, { mongodb_uri: uri, notify: { a: { type: "mail", url: "geheim", ulr: 1 } } });
  const { details } = place.failure();
  assert.match(details.join("\n"), /^notify\.a\.type: expected one of "webhook", "slack", "telegram", got "mail"/m);
  assert.match(details.join("\n"), /^notify\.a\.ulr: unknown key; did you mean "url"\?/m);
  assert.doesNotMatch(details.join(), /geheim/);
});

test("an address in the config itself must not be readable by others, nor be a flag", (t) => {
  const place = scratch(t);
  place.write(configName, { mongodb_uri: uri, notify: { a: { type: "webhook", url: "https://h/geheim" } } }, 0o644);
  if (process.platform !== "win32") assert.equal(place.failure().code, "config_permissions");
  place.write(configName, { mongodb_uri: uri, notify: { a: { type: "webhook", url: { env: "URL" } } } }, 0o644);
  assert.ok(place.load({ env: { URL: "https://h/geheim" } }).config);
  const { details } = place.failure({ env: { URL: "https://h/" }, set: ["notify.a=x"] });
  assert.match(details.join(), /notify\.a: cannot be a flag, .* or FLEETCRON_NOTIFY/);
});
