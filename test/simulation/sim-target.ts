// The target of all requests: it answers as its script says, and writes down every request that reaches it.
import type { HttpRequest, HttpResult, SendRequest } from "../../src/chain/http-attempt.ts";
import type { Chance } from "./chance.ts";
import type { SimProcess } from "./sim-process.ts";
import type { World } from "./world.ts";

export interface SeenRequest {
  /** World time at which it left its process and at which it arrived. */
  readonly sentAt: number;
  readonly at: number;
  /** The process: one instance. */
  readonly from: string;
  readonly method: string;
  /** `<run id>/<step>`. */
  readonly key: string;
  readonly runId: string;
  readonly step: number;
  /** Its process had begun it and could not know better any more. */
  readonly isBegun: boolean;
  /** Its number among the tries of its process. */
  readonly attempt: number;
}

/** A request as it leaves its process, whether it arrives or not. */
export type SentRequest = Pick<SeenRequest, "runId" | "from">;

/** How a target behaves to the requests of one path. */
export interface Manners {
  readonly latencyMs: readonly [number, number];
  /** Of answers with status 503. */
  readonly failing: number;
  /** Of requests and of answers that get lost. */
  readonly losing: number;
}

export interface TargetDeps {
  readonly world: World;
  readonly chance: Chance;
  /** By the path of the url. */
  readonly manners: ReadonlyMap<string, Manners>;
  readonly requests: SeenRequest[];
  readonly sent: SentRequest[];
}

/** The `send` of one process. */
export function sendFrom(deps: TargetDeps, process: SimProcess): SendRequest {
  return (request, signal) =>
    new Promise((resolve) => {
      const { world, chance } = deps;
      const sentAt = process.time;
      const seen = seenFrom(request, process, sentAt);
      const { latencyMs, failing, losing } = deps.manners.get(new URL(request.url).pathname) ?? unknown;
      const isLost = chance.hits(losing);
      const isUnanswered = chance.hits(losing);
      const status = chance.hits(failing) ? 503 : 200;
      const workMs = chance.between(...latencyMs);
      let isOver = false;
      const end = (result: Pick<HttpResult, "statusCode" | "error">) => {
        if (isOver) return;
        isOver = true;
        cancelTimer();
        unlisten();
        const elapsedMs = Math.round(process.time - sentAt);
        world.note(process.name, () => `  ${result.statusCode ?? result.error?.message} to ${seen.key}`, process.time);
        resolve({ ...result, elapsedMs, sample: null, truncated: false, retryAfterMs: null });
      };
      const fail = (code: "aborted" | "timeout", retryable: boolean) =>
        end({ statusCode: null, error: { code, message: `${code}: ${seen.key}`, retryable } });
      const abort = () => fail("aborted", false);
      const cancelTimer = process.after(request.timeoutMs, () => fail("timeout", true));
      const unlisten = process.listen(signal, abort);
      if (signal.aborted) return abort();
      world.note(
        process.name,
        () => `SENDS ${seen.method} ${seen.key}, try ${seen.attempt}${isLost ? " (lost)" : ""}`,
        sentAt,
      );
      deps.sent.push(seen);
      if (isLost) return;
      process.emit(chance.between(1, 10), () => {
        deps.requests.push({ ...seen, at: world.now });
        world.note("TARGET", () => `${seen.method} ${seen.key} from ${seen.from}, try ${seen.attempt}`);
        if (isUnanswered) return;
        process.after(workMs, () => {
          end({ statusCode: status, error: null });
        });
      });
    });
}

const unknown: Manners = { latencyMs: [5, 50], failing: 0, losing: 0 };

function seenFrom({ method, headers }: HttpRequest, process: SimProcess, sentAt: number): Omit<SeenRequest, "at"> {
  const key = decodeURIComponent(headers["Idempotency-Key"] ?? "");
  const slash = key.lastIndexOf("/");
  return {
    sentAt,
    from: process.name,
    isBegun: process.isUnaware,
    method,
    key,
    runId: key.slice(0, slash),
    step: Number(key.slice(slash + 1)),
    attempt: Number(headers["X-FleetCron-Attempt"]),
  };
}
