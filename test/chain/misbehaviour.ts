// One way in which a target misbehaves, and what a try must make of it.
import type { HttpResult } from "../../src/chain/http-attempt.ts";
import type { ErrorClass } from "../../src/model/run.ts";
import type { TargetHandler } from "../helpers/target.ts";

export interface Misbehaviour {
  readonly name: string;
  readonly handler: TargetHandler;
  readonly timeoutMs?: number;
  readonly code: ErrorClass | null;
  /** Whether another try may go better; by default that of every failure. */
  readonly retryable?: boolean;
  readonly message?: RegExp;
  readonly statusCode?: number;
  readonly check?: (result: HttpResult) => void;
}

/** Writes the bytes in place of an answer, and closes the connection's other half. */
export const raw =
  (text: string): TargetHandler =>
  (_request, _response, incoming) => {
    incoming.socket.end(text, "latin1");
  };
