// Secrets as the chain uses them: resolved values that never leave the process except inside a request.
import type { Channels } from "./channel.ts";
import { isHostListed, isLoopback, type NetworkRules } from "./network.ts";

export interface Secret {
  readonly value: string;
  /** Hosts it may be sent to; null = any. */
  readonly hosts: readonly string[] | null;
}

/** Characters. Shorter secrets would mask half of every text and are too short to be secret. */
export const shortestMasked = 4;

export type Secrets = ReadonlyMap<string, Secret>;

/** Why a secret must not be sent to the url, or null. Bound to hosts, it goes to them only, and over https or to loopback. */
export function secretRefusal(key: string, { hosts }: Secret, url: URL): string | null {
  if (hosts === null) return null;
  if (!isHostListed(hosts, url)) {
    return `secret ${key} is bound to ${hosts.join(", ") || "no host"}, not to ${url.host}`;
  }
  if (url.protocol === "https:" || isLoopback(url)) return null;
  return `secret ${key} is bound to hosts and is sent over https only, not to ${url.host} over http`;
}

/** Everything that is to be masked: the secrets, and what proxies and channels are reached by, which no job can name. */
export function secretsToMask({ secrets, ...held }: { secrets: Secrets } & Holders): Secrets {
  return new Map([...secrets, ...proxySecrets(held), ...channelSecrets(held)]);
}

interface Holders {
  readonly network: NetworkRules;
  readonly notify: Channels;
}

function proxySecrets({ network }: Holders): readonly (readonly [string, Secret])[] {
  const { http, https } = network.proxies ?? {};
  const passwords = [http, https].flatMap((proxy) => {
    const { username = "", password = "" } = URL.parse(proxy ?? "") ?? {};
    return decodeURIComponent(password || username) || [];
  });
  return passwords.map((value, i) => [`proxy${i === 0 ? "" : i + 1}`, { value, hosts: null }]);
}

function channelSecrets({ notify }: Holders): readonly (readonly [string, Secret])[] {
  return [...notify].map(([name, channel]) => {
    const value = channel.type === "telegram" ? channel.token : channel.url;
    return [`notify.${name}`, { value, hosts: null }];
  });
}
