// Who watches the exchanges of a chain while they happen, which come one after the other. Agents have nobody who does.
import type { IncomingHttpHeaders } from "node:http";
import type { HttpRequest } from "./http-attempt.ts";

/** How far a new connection came. Through a proxy the first three are the proxy's own; `tunnel` is all that lies behind it. */
export type ConnectionPhase = "dns" | "connect" | "tls" | "tunnel";

/** Is told everything as it is, nothing masked. */
export interface ExchangeObserver {
  /** The request is about to be sent, maybe over a connection that is there already. */
  onRequest(request: HttpRequest): void;
  onConnection(phase: ConnectionPhase): void;
  onAnswer(statusCode: number, headers: IncomingHttpHeaders): void;
  /** As much of the answer as is read has come, or no more of it will. */
  onEnd(): void;
}
