// Which hosts may be talked to, and how a list of hosts in a config is compared with a url.

export interface NetworkRules {
  /** Also refuse loopback and private ranges. */
  readonly denyPrivate: boolean;
  /** Host names or addresses, each with or without a port; they win over every refusal but `denyHosts`. */
  readonly allowHosts: readonly string[];
  /** Always refused. */
  readonly denyHosts: readonly string[];
}

/** The url's host as it is compared: lower case, without brackets and without the root's final dot. */
export function plainHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

/** Whether one of the entries names the url's host (`api.example.com`, `[::1]`) or its host and port (`localhost:8080`). */
export function isHostListed(entries: readonly string[], url: URL): boolean {
  if (entries.length === 0) return false;
  const host = plainHost(url);
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return entries.some((entry) => {
    const listed = parseEntry(entry);
    return listed.host === host && (listed.port === null || listed.port === port);
  });
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
