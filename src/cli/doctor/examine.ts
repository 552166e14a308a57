// All checks in their order. One that can't look is a finding like any other, and keeps none of the others from theirs.
import type { Cli } from "../cli.ts";
import { withStore } from "../open-store.ts";
import { type Check, type Connected, type Finding, failure, type Machine } from "./check.ts";
import { checkAgent } from "./check-agent.ts";
import { checkIndexes, checkRights, checkServer } from "./check-database.ts";
import { checkEmbeddedSize } from "./check-embedded-size.ts";
import { checkExec } from "./check-exec.ts";
import { checkFiles } from "./check-files.ts";
import { checkService } from "./check-service.ts";
import { checkClocks, checkZone, checkZoneData } from "./check-time.ts";
import { lookAtConfig } from "./config-findings.ts";

const machineChecks: readonly Check<Machine>[] = [checkFiles, checkExec, checkService];

const storeChecks: readonly Check<Connected>[] = [
  checkServer,
  checkRights,
  checkIndexes,
  checkClocks,
  checkZone,
  checkZoneData,
  checkAgent,
  checkEmbeddedSize,
];

export interface Found extends Finding {
  /** Name of the check. */
  readonly check: string;
}

export interface Examination {
  readonly found: readonly Found[];
  /** Names of the checks that had nothing to look at, without a config or a database. */
  readonly notChecked: readonly string[];
}

export async function examine(cli: Pick<Cli, "clock" | "env" | "loadConfig">): Promise<Examination> {
  const { loaded, config, secrets } = lookAtConfig(cli);
  const found = [...named("config", config), ...named("secrets", secrets)];
  if (loaded === null) return { found, notChecked: [...machineChecks, ...storeChecks].map(({ name }) => name) };
  const machine = { clock: cli.clock, env: cli.env, loaded };
  found.push(...(await look(machineChecks, machine)));
  try {
    found.push(...(await withStore(cli, (store) => look(storeChecks, { ...machine, store }))));
    return { found, notChecked: [] };
  } catch (error) {
    const [{ name }, ...others] = storeChecks as [Check<Connected>, ...Check<Connected>[]];
    return { found: [...found, ...named(name, [failure(error)])], notChecked: others.map((one) => one.name) };
  }
}

async function look<Patient>(checks: readonly Check<Patient>[], patient: Patient): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const check of checks) found.push(...named(check.name, await tryToLook(check, patient)));
  return found;
}

async function tryToLook<Patient>(check: Check<Patient>, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await check.look(patient);
  } catch (error) {
    const { explainStoreError } = await import("../../store/explain-error.ts");
    return [failure(explainStoreError(error) ?? error)];
  }
}

function named(check: string, findings: readonly Finding[]): readonly Found[] {
  return findings.map((finding) => ({ check, ...finding }));
}
