// A real webhook receiver: a target that keeps what channels were told, as objects.
import type { Channels } from "../../src/model/channel.ts";
import type { IncidentEvent } from "../../src/store/collections.ts";
import { startTarget, type Target } from "../helpers/target.ts";

export interface Told {
  readonly event: IncidentEvent;
  readonly incident_id: string;
  readonly job: string | null;
  readonly run_id: string | null;
  readonly reason: string | null;
  readonly hostname: string;
  readonly text: string;
  /** The header. */
  readonly key: string;
  readonly path: string;
}

export interface Receiver extends AsyncDisposable {
  readonly target: Target;
  /** In order of arrival. */
  told(path?: string): readonly Told[];
}

/** A webhook for each name, on the path of that name; what they were told is in `told`. */
export function channelsTo({ target }: Receiver, names: readonly string[]): Channels {
  return new Map(names.map((name) => [name, { type: "webhook", url: `${target.url}/${name}` }]));
}

export async function startReceiver(): Promise<Receiver> {
  const target = await startTarget();
  const told = (path = "/ops") =>
    target.requests
      .filter(({ url }) => url === path)
      .map(({ url, headers, body }) => ({
        ...JSON.parse(body),
        key: String(headers["idempotency-key"]),
        path: url,
      }));
  return {
    target,
    told,
    [Symbol.asyncDispose]: target.close,
  };
}
