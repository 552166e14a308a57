// Where the servers of a test run keep their data: in memory where there is plenty, for a disk that is waited for at
// each write is no part of what tests are about, and takes a quarter of a server's time.
import { mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning } from "../../src/embedded/storage/owner-file.ts";

const memory = "/dev/shm";
/** Five servers' journals and data, twice over. */
const neededBytes = 8 * 2 ** 30;
const prefix = "fleetcron-test-";

/** A new folder; whoever asked for it removes it. */
export function newDataFolder(): string {
  removeLeftBehind();
  return mkdtempSync(join(hasRoom() ? memory : tmpdir(), `${prefix}${process.pid}-`));
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= neededBytes;
  } catch {
    return false;
  }
}

/** A run that was killed could not tidy up, and memory does not come back by itself. */
function removeLeftBehind(): void {
  for (const name of namesIn(memory)) {
    const pid = Number(name.match(`^${prefix}(\\d+)-`)?.[1]);
    if (pid > 0 && !isRunning(pid)) rmSync(join(memory, name), { recursive: true, force: true });
  }
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
