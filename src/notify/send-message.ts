// One message to one channel, as the service behind it wants it.
import type { HttpResult, SendRequest } from "../chain/http-attempt.ts";
import type { Mask } from "../chain/masking.ts";
import { cutText } from "../chain/response-sample.ts";
import type { Channel } from "../model/channel.ts";
import type { NetworkRules } from "../model/network.ts";
import type { Message } from "./render-message.ts";

export interface Sending {
  readonly send: SendRequest;
  readonly mask: Mask;
  readonly network: NetworkRules;
  /** `fleetcron/<version>`. */
  readonly userAgent: string;
  readonly timeoutMs: number;
  /** Aborts when the process ends; it is then unknown whether the message arrived. */
  readonly signal: AbortSignal;
}

/** How long a channel may take to answer. */
export const sendTimeoutMs = 10_000;

const longestError = 500;

/** Null when it arrived, else why not: masked, for a record. `message.incident_id` and its event stay over all tries. */
export async function sendMessage(sending: Sending, channel: Channel, message: Message): Promise<string | null> {
  const { url, body } = requestOf(channel, message);
  const result = await sending.send(
    {
      method: "POST",
      url,
      headers: {
        "User-Agent": sending.userAgent,
        "Content-Type": "application/json",
        "Idempotency-Key": `${message.incident_id}/${message.event}`,
      },
      body: JSON.stringify(body),
      timeoutMs: sending.timeoutMs,
      network: sending.network,
    },
    sending.signal,
  );
  const failure = failureOf(result);
  return failure === null ? null : cutText(sending.mask(failure), longestError);
}

function requestOf(channel: Channel, message: Message): { readonly url: string; readonly body: unknown } {
  if (channel.type === "telegram") {
    // Without a parse mode every character stands for itself.
    const body = { chat_id: channel.chatId, text: message.text };
    return { url: `${channel.url}/bot${channel.token}/sendMessage`, body };
  }
  return { url: channel.url, body: channel.type === "slack" ? { text: escapeSlack(message.text) } : message };
}

/** Slack's own three control characters: a job's name must not become a link or a mention. */
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function failureOf({ error, statusCode }: HttpResult): string | null {
  if (error !== null) return error.message;
  return statusCode !== null && statusCode >= 200 && statusCode <= 299 ? null : `status ${statusCode}`;
}
