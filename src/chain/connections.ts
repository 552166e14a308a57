// The connections of all requests: one undici dispatcher per set of network rules, kept alive between requests.
import { lookup } from "node:dns";
import type { Socket } from "node:net";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { Agent, buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool } from "undici";
import { isLoopback, type NetworkRules } from "../model/network.ts";
import { guardedLookup, type Resolve, sharedLookups } from "./address-guard.ts";
import type { ExchangeObserver } from "./exchange-observer.ts";
import { watchedConnector } from "./watched-connector.ts";

export interface Connections {
  /** What sends requests to the url's origin under the rules. */
  dispatcherFor(rules: NetworkRules, url: URL): Dispatcher;
  /** Ends every connection, also those still being made. */
  close(): Promise<void>;
}

/** What a response's header block may hold in bytes. */
export const maxHeaderBytes = 16_384;

/** Only bounds connections whose request gave up before; a request's own deadline ends sooner. */
const connectTimeoutMs = 60_000;

/** Rules change only with the config: older ones serve the runs that started under them. */
const keptRoutes = 3;

/** Opens nothing yet. `resolve` is the system's resolver unless given. */
export function createConnections(resolve: Resolve = lookup, observer?: ExchangeObserver): Connections {
  const shared = sharedLookups(resolve);
  const routes = new Map<string, Routes>();
  let latest: { readonly rules: NetworkRules; readonly routes: Routes } | null = null;
  const routesFor = (rules: NetworkRules): Routes => {
    if (latest?.rules === rules) return latest.routes;
    const key = JSON.stringify(rules);
    const found = routes.get(key) ?? addRoutes(routes, key, createRoutes(rules, shared, observer));
    latest = { rules, routes: found };
    return found;
  };
  return {
    dispatcherFor(rules, url) {
      const { direct, proxied } = routesFor(rules);
      const proxy = url.protocol === "https:" ? rules.proxies?.https : rules.proxies?.http;
      // This machine's own services are not the proxy's, and what may go to them unencrypted must not leave it.
      return proxied === null || !proxy || isLoopback(url) ? direct : proxied;
    },
    async close() {
      const closing = [...routes.values()];
      routes.clear();
      latest = null;
      for (const { connecting } of closing) for (const socket of connecting) socket.destroy();
      await Promise.all(closing.flatMap(({ direct, proxied }) => [direct.destroy(), proxied?.destroy()]));
    },
  };
}

interface Routes {
  readonly direct: Dispatcher;
  readonly proxied: Dispatcher | null;
  readonly connecting: ReadonlySet<Socket>;
}

function addRoutes(kept: Map<string, Routes>, key: string, added: Routes): Routes {
  kept.set(key, added);
  const [oldest] = kept;
  if (oldest !== undefined && kept.size > keptRoutes) {
    kept.delete(oldest[0]);
    // Gracefully: requests under way end as they would have.
    void oldest[1].direct.close();
    void oldest[1].proxied?.close();
  }
  return added;
}

const poolOptions = {
  // HTTP/2 would hold back every request to an origin while the first one's handshake is pending.
  allowH2: false,
  maxHeaderSize: maxHeaderBytes,
  // The deadline of each request covers both; undici's body timeout starts anew with every byte.
  headersTimeout: 0,
  bodyTimeout: 0,
};

function createRoutes(rules: NetworkRules, resolve: Resolve, observer?: ExchangeObserver): Routes {
  const connecting = new Set<Socket>();
  const tls = { allowH2: false, timeout: connectTimeoutMs, ...secureContext(rules) };
  const pool = (origin: string | URL, connect: buildConnector.connector, isProxied: boolean): Pool =>
    new Pool(origin, { ...poolOptions, connect: watchedConnector(connect, { connecting, isProxied, observer }) });
  const directPool = (origin: string | URL): Pool => {
    const guard = guardedLookup(rules, new URL(origin), resolve);
    return pool(origin, buildConnector({ ...tls, lookup: guard }), false);
  };
  const direct = new Agent({ factory: directPool });
  const { proxies } = rules;
  if (proxies === undefined) return { direct, proxied: null, connecting };
  // undici brings the connector where a proxy is in between, which resolves names: only the url's host is checked then.
  const proxiedPool = (origin: string | URL, options: Pool.Options): Pool =>
    typeof options.connect === "function" ? pool(origin, options.connect, true) : directPool(origin);
  const proxied = new EnvHttpProxyAgent({
    httpProxy: proxies.http ?? "",
    httpsProxy: proxies.https ?? "",
    noProxy: proxies.noProxy,
    requestTls: tls,
    proxyTls: tls,
    clientFactory: proxiedPool,
    factory: proxiedPool,
  });
  return { direct, proxied, connecting };
}

/** One context for all connections: reading every certificate of the system anew for each takes milliseconds. */
function secureContext({ ca }: NetworkRules): { readonly secureContext?: SecureContext } {
  if (ca === undefined) return {};
  return { secureContext: createSecureContext({ ca: [...getCACertificates("default"), ca] }) };
}
