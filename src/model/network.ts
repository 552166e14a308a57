// Which hosts may be talked to and how they are reached, and how a list of hosts in a config is compared with a url.

export interface NetworkRules {
  /** Also refuse loopback and private ranges. */
  readonly denyPrivate: boolean;
  /** Host names or addresses, each with or without a port; they win over every refusal but `denyHosts`. */
  readonly allowHosts: readonly string[];
  /** Always refused. */
  readonly denyHosts: readonly string[];
  /** Certificates in PEM form that are trusted beside those of the system. */
  readonly ca?: string;
  /** Left out: every host is reached directly. */
  readonly proxies?: Proxies;
}

/** The proxies of the environment, as absolute http or https urls, which may hold a user name and a password. */
export interface Proxies {
  readonly http: string | null;
  readonly https: string | null;
  /** Hosts that are reached directly, as NO_PROXY lists them. */
  readonly noProxy: string;
}

/** The url's host as it is compared: lower case, without brackets and without the root's final dot. */
export function plainHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

/** Whether one of the entries names the url's host (`api.example.com`, `[::1]`) or its host and port (`localhost:8080`). */
export function isHostListed(entries: readonly string[], url: URL): boolean {
  return entries.length > 0 && hostsListedFor(entries, url).includes(plainHost(url));
}

/** The hosts of the entries that count at the url's port, as they are compared. */
export function hostsListedFor(entries: readonly string[], url: URL): readonly string[] {
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return entries.map(parseEntry).flatMap((listed) => (listed.port === null || listed.port === port ? listed.host : []));
}

/** Whether the url's host is this machine by its own name or address: the only place plain http may carry bound secrets. */
export function isLoopback(url: URL): boolean {
  const host = plainHost(url);
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(\.\d+){3}$/.test(host);
}

function parseEntry(entry: string): { readonly host: string; readonly port: string | null } {
  const text = entry.trim();
  const [, bracketed, named, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  return { host: normalHost(bracketed ?? named ?? text), port: port ?? null };
}

/** As the URL parser writes it, so that `API.example.com`, `2130706433` and `::0001` compare equal to what a url holds. */
function normalHost(host: string): string {
  const text = host.includes(":") ? `[${host}]` : host;
  const url = URL.parse(`http://${text}/`);
  return url === null ? host.toLowerCase() : plainHost(url);
}
