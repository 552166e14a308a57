// Where messages go. Addresses and tokens are secrets: they come from the config and stay in the process.
import type { Secret, Secrets } from "./secret.ts";

export type Channel =
  | { readonly type: "webhook" | "slack"; readonly url: string }
  /** `url` is that of the Bot API, without the token. */
  | { readonly type: "telegram"; readonly url: string; readonly token: string; readonly chatId: string };

/** By name, as jobs call them. */
export type Channels = ReadonlyMap<string, Channel>;

/** Everything a mask has to hide: the secrets, and what the channels are reached by. */
export function allSecrets({ secrets, notify }: { readonly secrets: Secrets; readonly notify: Channels }): Secrets {
  const addresses = [...notify].map(([name, channel]): [string, Secret] => {
    const value = channel.type === "telegram" ? channel.token : channel.url;
    return [`notify.${name}`, { value, hosts: null }];
  });
  return new Map([...secrets, ...addresses]);
}
