// A connector of undici that can be ended while it connects, and whose failures say how far it came.
import { isIP, Socket } from "node:net";
import type { buildConnector } from "undici";
import type { ExchangeObserver } from "./exchange-observer.ts";

/** A connection that was not made: says how far it came, which undici's own error does not. */
export class ConnectFailure extends Error {
  /** `tunnel`: a proxy was reached, but did not connect any further. */
  readonly phase: "connect" | "tls" | "tunnel";
  /** Whether it was the proxy that could not be reached. */
  readonly isProxy: boolean;
  override readonly cause: unknown;

  constructor(phase: ConnectFailure["phase"], isProxy: boolean, cause: unknown) {
    super(phase);
    this.phase = phase;
    this.isProxy = isProxy;
    this.cause = cause;
  }
}

interface Watch {
  /** Holds every socket while it connects. */
  readonly connecting: Set<Socket>;
  /** Whether the connector connects to a proxy, or makes a tunnel through one. */
  readonly isProxied: boolean;
  readonly observer?: ExchangeObserver | undefined;
}

/** The connector, with its errors made ConnectFailures. */
export function watchedConnector(
  connect: buildConnector.connector,
  { connecting, isProxied, observer }: Watch,
): buildConnector.connector {
  return (options, callback) => {
    let phase: ConnectFailure["phase"] = "connect";
    // undici's types hide it, but its connectors return the socket at once; the one that makes a tunnel over another
    // connector's socket returns a promise.
    const socket: unknown = connect(withoutAddressAsName(options), (error, connected) => {
      if (socket instanceof Socket) connecting.delete(socket);
      if (error === null) {
        if (!(socket instanceof Socket)) observer?.onConnection("tunnel");
        callback(null, connected);
      } else if (error instanceof ConnectFailure) callback(error, null);
      else
        callback(socket instanceof Socket ? new ConnectFailure(phase, isProxied, error) : tunnelFailure(error), null);
    });
    if (!(socket instanceof Socket)) return;
    if (observer !== undefined) tellPhases(socket, observer);
    connecting.add(socket);
    socket.once("close", () => connecting.delete(socket));
    if (options.protocol === "https:") socket.once("connect", () => (phase = "tls"));
  };
}

/** An address needs no look-up; one of several that a name has may be tried in vain first. */
function tellPhases(socket: Socket, observer: ExchangeObserver): void {
  socket.once("lookup", () => observer.onConnection("dns"));
  socket.once("connect", () => observer.onConnection("connect"));
  socket.once("secureConnect", () => observer.onConnection("tls"));
}

/** undici names a proxy to TLS also by its address, which TLS does not allow: the certificate is compared with it anyway. */
function withoutAddressAsName(options: buildConnector.Options): buildConnector.Options {
  const { servername, ...others } = options;
  return servername !== undefined && isIP(servername) !== 0 ? others : options;
}

/** undici's own errors speak of the proxy; any other comes from the handshake with the target behind it. */
function tunnelFailure(error: Error): ConnectFailure {
  const isOfProxy = "code" in error && String(error.code).startsWith("UND_ERR_");
  return new ConnectFailure(isOfProxy ? "tunnel" : "tls", false, error);
}
