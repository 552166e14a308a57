// What `fleetcron notify test` does.
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { createSendRequest } from "../chain/http-attempt.ts";
import { createMasker } from "../chain/masking.ts";
import { exitCodes, FleetCronError } from "../errors.ts";
import type { Channel } from "../model/channel.ts";
import { nearest } from "../model/nearest.ts";
import { secretsToMask } from "../model/secret.ts";
import { userAgentOf } from "../model/user-agent.ts";
import type { Message } from "../notify/render-message.ts";
import { sendMessage, sendTimeoutMs } from "../notify/send-message.ts";
import { productVersion } from "../runtime/assets.ts";
import type { Cli } from "./cli.ts";
import { listed } from "./render-text.ts";

/** Throws `not_found` for a name that is no channel, `notify_failed` when the channel did not take the message. */
export async function testChannel(cli: Cli, name: string, { json }: { json?: boolean }): Promise<void> {
  const { config } = cli.loadConfig({ requireUri: false });
  const channel = config.notify.get(name);
  if (channel === undefined) throw unknownChannel(name, [...config.notify.keys()]);
  const { send, close } = createSendRequest({ clock: cli.clock });
  const mask = createMasker(secretsToMask(config));
  const userAgent = userAgentOf(productVersion());
  const signal = new AbortController().signal;
  const sending = { send, mask, network: config.network, userAgent, timeoutMs: sendTimeoutMs, signal };
  const error = await sendMessage(sending, channel, testMessage(cli)).finally(close);
  if (json === true) cli.output.json({ channel: name, type: channel.type, ok: error === null, error });
  else if (error === null) cli.output.data(`${name} (${channel.type}) took the message`);
  if (error === null) return;
  if (json === true) cli.exitWith(exitCodes.failed);
  else throw refused(name, channel, error);
}

function testMessage(cli: Cli): Message {
  const host = hostname();
  return {
    event: "test",
    text: `test message of FleetCron from ${host}`,
    incident_id: randomUUID(),
    at: new Date(cli.clock.now()).toISOString(),
    ...{ job: null, run_id: null, scheduled_for: null, reason: null, hostname: host },
  };
}

function unknownChannel(name: string, known: readonly string[]): FleetCronError {
  const near = nearest(name, known);
  const details =
    near !== null
      ? [`did you mean ${JSON.stringify(near)}?`]
      : known.length === 0
        ? ["the config has none yet; see docs/notifications.md"]
        : [`known channels: ${listed(known, 10)}`];
  return new FleetCronError("not_found", `no channel ${JSON.stringify(name)} in notify of the config`, { details });
}

function refused(name: string, { type }: Channel, error: string): FleetCronError {
  return new FleetCronError("notify_failed", `the channel ${JSON.stringify(name)} (${type}) did not take it: ${error}`);
}
