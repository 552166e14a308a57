// What all checks are made of.
import type { LoadedConfig } from "../../config/load-config.ts";
import { FleetCronError, messageOf } from "../../errors.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Store } from "../../store/connect.ts";
import type { Cli } from "../cli.ts";

export interface Finding {
  /** `failed`: agents do not work like this. `warning`: they do, and it is probably not meant. */
  readonly verdict: "ok" | "warning" | "failed";
  readonly text: string;
  /** The command that mends it, or what to do; null where nothing is to be mended. */
  readonly mend: string | null;
}

/** What is looked at, on this machine. */
export interface Machine {
  readonly clock: Clock;
  readonly env: Cli["env"];
  readonly loaded: LoadedConfig;
}

export interface Connected extends Machine {
  readonly store: Store;
}

/** Throws where it can't look: that is a finding too. */
export interface Check<Patient> {
  readonly name: string;
  look(patient: Patient): readonly Finding[] | Promise<readonly Finding[]>;
}

export function fine(text: string): Finding {
  return { verdict: "ok", text, mend: null };
}

export function warning(text: string, mend: string): Finding {
  return { verdict: "warning", text, mend };
}

export function failed(text: string, mend: string | null): Finding {
  return { verdict: "failed", text, mend };
}

/** An error, with the first of its details as what to do. */
export function failure(error: unknown): Finding {
  const [mend = null] = error instanceof FleetCronError ? error.details : [];
  return failed(messageOf(error), mend?.replace(/^run: /, "") ?? null);
}
