// A note beside the store, `<file>.owner`, of the process that has it: only for the message to the next one. SQLite's
// lock decides; the note may be stale, missing or wrong.
import { readFileSync, rmSync, writeFileSync } from "node:fs";

const pathOf = (path: string): string => `${path}.owner`;

/** Called by who holds the lock. A disk too full for the note is noticed by the first write that matters. */
export function writeOwner(path: string): void {
  try {
    writeFileSync(pathOf(path), `${JSON.stringify({ pid: process.pid })}\n`, { mode: 0o600 });
  } catch {}
}

/** Called before the lock is given up: afterwards the note may already be the next one's. */
export function removeOwner(path: string): void {
  try {
    rmSync(pathOf(path), { force: true });
  } catch {}
}

/** Null where nothing says who it is, or where that process no longer runs. */
export function findOwner(path: string): number | null {
  try {
    const { pid } = JSON.parse(readFileSync(pathOf(path), "utf8")) as { pid?: unknown };
    return typeof pid === "number" && Number.isInteger(pid) && pid > 0 && isRunning(pid) ? pid : null;
  } catch {
    return null;
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
