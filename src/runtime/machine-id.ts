// Who this machine is: a UUID made once and kept in `<state_dir>/machine.json`.
import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FleetCronError, messageOf } from "../errors.ts";
import { makeFolder } from "./make-folder.ts";

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Makes the state directory (0700) where it is missing. */
export function openStateDir(stateDir: string): void {
  try {
    makeFolder(stateDir, 0o700);
  } catch (cause) {
    throw new FleetCronError("state_dir_unusable", `state_dir: can't make ${stateDir}: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Reads the machine's id, or makes one on the first start. A damaged file is an error, never a new identity:
 * a machine that silently changed its id would show up twice in the fleet.
 */
export function loadMachineId(stateDir: string): string {
  const file = join(stateDir, "machine.json");
  const text = readIfThere(file);
  if (text === null) return createMachineId(file);
  const id = parseMachineId(text);
  if (id === null) {
    throw new FleetCronError(
      "state_dir_unusable",
      `${file}: expected {"machine_id": "<UUID>"}; mend it, or delete it to join the fleet as a new machine`,
    );
  }
  return id;
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new FleetCronError("state_dir_unusable", `can't read ${file}: ${messageOf(cause)}`, { cause });
  }
}

function parseMachineId(text: string): string | null {
  try {
    const id: unknown = (JSON.parse(text) as { machine_id?: unknown } | null)?.machine_id;
    return typeof id === "string" && uuidPattern.test(id) ? id : null;
  } catch {
    return null;
  }
}

function createMachineId(file: string): string {
  const id = randomUUID();
  const draft = `${file}.${process.pid}`;
  try {
    // Written aside and renamed, so that a crash in between leaves no half file.
    writeFileSync(draft, `${JSON.stringify({ machine_id: id }, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, file);
  } catch (cause) {
    throw new FleetCronError("state_dir_unusable", `can't write ${file}: ${messageOf(cause)}`, { cause });
  }
  return id;
}
