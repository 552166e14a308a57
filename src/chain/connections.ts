// The connections of all requests: one undici Agent per set of network rules, kept alive between requests.
import { Socket } from "node:net";
import { Agent, buildConnector } from "undici";
import { isHostListed, type NetworkRules } from "../model/network.ts";
import { guardedLookup } from "./address-guard.ts";

export interface Connections {
  agentFor(rules: NetworkRules): Agent;
  /** Ends every connection, also those still being made. */
  close(): Promise<void>;
}

/** A connection that was not made: says how far it came, which undici's own error does not. */
export class ConnectFailure extends Error {
  readonly phase: "connect" | "tls";
  override readonly cause: unknown;

  constructor(phase: "connect" | "tls", cause: unknown) {
    super(phase);
    this.phase = phase;
    this.cause = cause;
  }
}

/** What a response's header block may hold in bytes. */
export const maxHeaderBytes = 16_384;

/** Only bounds connections whose request gave up before; a request's own deadline ends sooner. */
const connectTimeoutMs = 60_000;

/** Rules change only with the config: older ones serve the runs that started under them. */
const keptAgents = 3;

/** Opens nothing yet. */
export function createConnections(): Connections {
  const agents = new Map<string, RulesAgent>();
  let latest: { readonly rules: NetworkRules; readonly agent: Agent } | null = null;
  return {
    agentFor(rules) {
      if (latest?.rules === rules) return latest.agent;
      const key = JSON.stringify(rules);
      const { agent } = agents.get(key) ?? addAgent(agents, key, rules);
      latest = { rules, agent };
      return agent;
    },
    async close() {
      const closing = [...agents.values()];
      agents.clear();
      latest = null;
      for (const { connecting } of closing) for (const socket of connecting) socket.destroy();
      await Promise.all(closing.map(({ agent }) => agent.destroy()));
    },
  };
}

interface RulesAgent {
  readonly agent: Agent;
  readonly connecting: ReadonlySet<Socket>;
}

function addAgent(agents: Map<string, RulesAgent>, key: string, rules: NetworkRules): RulesAgent {
  const added = createAgent(rules);
  agents.set(key, added);
  const [oldest] = agents;
  if (oldest !== undefined && agents.size > keptAgents) {
    agents.delete(oldest[0]);
    // Gracefully: requests under way end as they would have.
    void oldest[1].agent.close();
  }
  return added;
}

function createAgent(rules: NetworkRules): RulesAgent {
  const connecting = new Set<Socket>();
  const agent = new Agent({
    // HTTP/2 would hold back every request to an origin while the first one's handshake is pending.
    allowH2: false,
    connect: guardedConnector(rules, connecting),
    maxHeaderSize: maxHeaderBytes,
    // The deadline of each request covers both; undici's body timeout starts anew with every byte.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return { agent, connecting };
}

function guardedConnector(rules: NetworkRules, connecting: Set<Socket>): buildConnector.connector {
  const connectors = [false, true].map((isNameAllowed) =>
    buildConnector({ allowH2: false, timeout: connectTimeoutMs, lookup: guardedLookup(rules, isNameAllowed) }),
  );
  return (options, callback) => {
    const url = new URL(`${options.protocol}//${options.host ?? options.hostname}`);
    const connect = connectors[isHostListed(rules.allowHosts, url) ? 1 : 0];
    let phase: "connect" | "tls" = "connect";
    // undici's types hide it, but the connector returns the socket at once.
    const socket: unknown = connect?.(options, (error, connected) => {
      if (socket instanceof Socket) connecting.delete(socket);
      if (error === null) callback(null, connected);
      else callback(new ConnectFailure(phase, error), null);
    });
    if (!(socket instanceof Socket)) return;
    connecting.add(socket);
    socket.once("close", () => connecting.delete(socket));
    if (options.protocol === "https:") socket.once("connect", () => (phase = "tls"));
  };
}
