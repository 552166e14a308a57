// From whatever the connection, the parser or the decoder threw to one of our error classes. Messages are made anew from
// code, phase and host: the thrown text may hold a header, a url or a secret.
import type { ErrorClass } from "../model/run.ts";
import { RefusedAddress } from "./address-guard.ts";
import { maxHeaderBytes } from "./connections.ts";
import { BrokenEncoding } from "./receive-response.ts";
import { ConnectFailure } from "./watched-connector.ts";

export interface Failure {
  readonly code: ErrorClass;
  readonly message: string;
  /** Whether a further try may go better. */
  readonly retryable: boolean;
}

const proxyLoginFailure = failure("connect", "the proxy wants another user name and password (407)", false);

/** What was under way when the signal aborted: its reason is the run's. */
export function abortFailure(signal: AbortSignal): Failure {
  return { code: "aborted", message: `aborted: ${String(signal.reason)}`, retryable: false };
}

/** An exchange that ended without a complete answer. `host` with its port; `isAnswered`: a status line came. */
export function describeFailure(error: unknown, host: string, isAnswered: boolean): Failure {
  if (error instanceof ConnectFailure) return describeConnectFailure(error, host);
  if (error instanceof BrokenEncoding) {
    return failure("protocol", `the body from ${host} is not encoded as its Content-Encoding says`);
  }
  if (proxyStatus(error) === 407) return proxyLoginFailure;
  const code = codeOf(error);
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    return failure("too_large", `the headers from ${host} are above ${maxHeaderBytes / 1024} KiB`, false);
  }
  if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED") {
    return failure(
      "template",
      `the request to ${host} can't be sent: its method, a header or its path is invalid`,
      false,
    );
  }
  if (code === "UND_ERR_DESTROYED" || code === "UND_ERR_CLOSED") {
    return failure("aborted", `the connections were closed before ${host} answered`, false);
  }
  if (isReset(error, code, isAnswered)) {
    const when = isAnswered ? "in the middle of its answer" : "before answering";
    return failure("reset", `${host} closed the connection ${when}${suffix(code)}`);
  }
  return failure("protocol", `${host} did not answer in valid HTTP/1.1${suffix(code)}`);
}

function describeConnectFailure({ phase, isProxy, cause }: ConnectFailure, target: string): Failure {
  if (cause instanceof RefusedAddress) return failure("blocked", cause.message, false);
  const code = codeOf(cause);
  if (phase === "tunnel") {
    const status = proxyStatus(cause);
    if (status === 407) return proxyLoginFailure;
    return failure(
      "connect",
      `the proxy made no connection to ${target}${suffix(status === null ? code : `${status}`)}`,
    );
  }
  const host = isProxy ? "the proxy" : target;
  if (phase === "tls") return failure("tls", `the handshake with ${host} failed${suffix(code)}`);
  if (syscallOf(cause) === "getaddrinfo") return failure("dns", `no address found for ${host}${suffix(code)}`);
  if (code === "ECONNREFUSED") return failure("connect", `${host} refused the connection${suffix(code)}`);
  return failure("connect", `no connection to ${host}${suffix(code)}`);
}

/** What a proxy answered instead of connecting, or null: undici tells it in its messages only. */
function proxyStatus(error: unknown): number | null {
  const [, status] = /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(messageOf(error)) ?? [];
  return status === undefined ? null : Number(status);
}

/**
 * The connection ended too soon. undici tells that apart from nonsense only by its message in two cases, and calls an
 * answer that is shorter than its Content-Length a mismatch, as it does headers that contradict each other.
 */
function isReset(error: unknown, code: string | null, isAnswered: boolean): boolean {
  const message = messageOf(error);
  if (code === "UND_ERR_SOCKET") return !/^bad (response|upgrade)$/.test(message);
  if (code === null) return message.endsWith("(Invalid EOF state)");
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") return isAnswered;
  return ["ECONNRESET", "EPIPE", "ECONNABORTED", "ETIMEDOUT"].includes(code);
}

function failure(code: ErrorClass, text: string, retryable = true): Failure {
  return { code, message: `${code}: ${text}`, retryable };
}

/** Of several attempted addresses the first one's code. */
function codeOf(error: unknown): string | null {
  const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const code = cause instanceof Error && "code" in cause ? cause.code : null;
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? code : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}

function syscallOf(error: unknown): unknown {
  return error instanceof Error && "syscall" in error ? error.syscall : null;
}

function suffix(code: string | null): string {
  return code === null ? "" : ` (${code})`;
}
