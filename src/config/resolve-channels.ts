// Channels as written → with their addresses and tokens: from the config itself, a variable or a file.
import type { Channel, Channels } from "../model/channel.ts";
import { type ConfigProblem, expected, type Path } from "./problem.ts";
import { resolveSecret, type SecretPlaces } from "./resolve-secrets.ts";
import type { RawConfig } from "./schema.ts";

type RawChannel = RawConfig["notify"][string];

const telegramUrl = "https://api.telegram.org";

/** Every channel that can be reached, and a problem for each value that is missing or of no use. */
export function resolveChannels(
  raw: RawConfig["notify"],
  places: SecretPlaces,
): { readonly channels: Channels; readonly problems: readonly ConfigProblem[] } {
  const channels = new Map<string, Channel>();
  const problems: ConfigProblem[] = [];
  for (const [name, channel] of Object.entries(raw)) {
    const known = problems.length;
    const found = resolveChannel(["notify", name], channel, { places, problems });
    if (problems.length === known) channels.set(name, Object.freeze(found));
  }
  return { channels, problems };
}

interface Resolving {
  readonly places: SecretPlaces;
  readonly problems: ConfigProblem[];
}

function resolveChannel(path: Path, raw: RawChannel, resolving: Resolving): Channel {
  const { type, chat_id: chatId } = raw;
  if (type !== "telegram") {
    for (const key of ["token", "chat_id"] as const) {
      if (raw[key] !== undefined) resolving.problems.push({ path: [...path, key], text: `unknown key of ${type}` });
    }
    return { type, url: resolveUrl([...path, "url"], raw.url, resolving) };
  }
  const token = resolveText([...path, "token"], raw.token, resolving);
  if (token !== "" && !/^[\w:-]+$/.test(token)) {
    resolving.problems.push(expected([...path, "token"], "the token of a bot, such as 123456:ABC-DEF", token));
  }
  if (chatId === undefined) resolving.problems.push(expected([...path, "chat_id"], "the id of a chat", chatId));
  const url = raw.url === undefined ? telegramUrl : resolveUrl([...path, "url"], raw.url, resolving);
  return { type, url: url.replace(/\/+$/, ""), token, chatId: chatId ?? "" };
}

function resolveUrl(path: Path, raw: RawChannel["url"], resolving: Resolving): string {
  const url = resolveText(path, raw, resolving);
  const parsed = URL.parse(url);
  if (url === "" || (parsed !== null && /^https?:[/]{2}[^/]/i.test(url) && parsed.username === "")) return url;
  resolving.problems.push(expected(path, "a url that begins with http:// or https://, without a user name", url));
  return url;
}

/** "" for one that is missing, which is reported. */
function resolveText(path: Path, raw: RawChannel["url"], { places, problems }: Resolving): string {
  const found = raw === undefined ? expected(path, "a value", raw) : resolveSecret(path, raw, places);
  if (typeof found === "string") return found;
  problems.push(found);
  return "";
}
