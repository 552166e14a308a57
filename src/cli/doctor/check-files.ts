// Files of this machine: who else may read or change them, and whether an agent can use them.
import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";
import { loadMachineId } from "../../runtime/machine-id.ts";
import { type Check, type Finding, failed, fine, type Machine, warning } from "./check.ts";

const groupAndOthers = 0o077;
const writableByOthers = 0o022;

export const checkFiles: Check<Machine> = {
  name: "files",
  look: ({ loaded: { file, config } }) => [
    ...(file === null ? [] : lookAtConfigFile(file)),
    ...lookAtStateDir(config.stateDir),
    ...lookAtIdentity(config.stateDir),
  ],
};

/** That nobody else may read a file with secrets is seen to where it is read. */
function lookAtConfigFile(file: string): readonly Finding[] {
  if (process.platform === "win32" || (statSync(file).mode & writableByOthers) === 0) return [];
  return [failed(`others may change ${file}`, `chmod go-w ${file}`)];
}

function lookAtStateDir(dir: string): readonly Finding[] {
  const stats = statSync(dir, { throwIfNoEntry: false });
  if (stats === undefined) return [fine(`${dir} is made when an agent starts`)];
  if (!stats.isDirectory()) return [failed(`state_dir: ${dir} is no folder`, "name another state_dir")];
  if (!isUsable(dir)) return [failed(`state_dir: ${dir} can't be written`, `chown -R $(id -un) ${dir}`)];
  const isOpen = process.platform !== "win32" && (stats.mode & groupAndOthers) !== 0;
  return [isOpen ? warning(`others may look into ${dir}`, `chmod 700 ${dir}`) : fine(dir)];
}

function isUsable(dir: string): boolean {
  try {
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Throws where machine.json is damaged; none is made here. */
function lookAtIdentity(dir: string): readonly Finding[] {
  if (statSync(join(dir, "machine.json"), { throwIfNoEntry: false }) === undefined) return [];
  return [fine(`machine id ${loadMachineId(dir)}`)];
}
