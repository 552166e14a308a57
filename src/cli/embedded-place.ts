// Where the embedded store of a machine lies, and how another process on it finds who serves it: a note in state_dir.
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { storeUri } from "../embedded/store-uri.ts";
import type { Address } from "../embedded/wire/server.ts";
import { FleetCronError, messageOf } from "../errors.ts";
import { makeFolder } from "../runtime/make-folder.ts";

/** The one user of a store that listens on TCP. */
export const embeddedUser = "fleetcron";

/** The kernel's limit is 108 bytes on Linux and 104 on macOS, the end included. */
const longestSocketPath = 100;

export const dataFile = (stateDir: string): string => join(stateDir, "data", "fleetcron.db");
const noteFile = (stateDir: string): string => join(stateDir, "embedded.json");
const passwordFile = (stateDir: string): string => join(stateDir, "data", "password");

/** A folder only its owner can open: on a Unix socket that is all the access control there is. */
export function makeDataDir(stateDir: string): void {
  const dir = dirname(dataFile(stateDir));
  try {
    makeFolder(dir, 0o700);
  } catch (cause) {
    throw new FleetCronError("state_dir_unusable", `state_dir: can't make ${dir}: ${messageOf(cause)}`, { cause });
  }
}

/** A path for a socket, and what removes the folder that it needed: a deep state_dir is too long for one. */
export function socketPath(stateDir: string, name: string): { readonly socket: string; remove(): void } {
  const socket = join(dirname(dataFile(stateDir)), name);
  if (Buffer.byteLength(socket) <= longestSocketPath) return { socket, remove: () => undefined };
  const dir = mkdtempSync(join(tmpdir(), "fleetcron-"));
  return { socket: join(dir, name), remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** The password of a store on TCP: made once, readable by its owner alone. */
export function loadPassword(stateDir: string): string {
  const file = passwordFile(stateDir);
  try {
    writeFileSync(file, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw unusable(file, error);
  }
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw unusable(file, error);
  }
}

function unusable(file: string, cause: unknown): FleetCronError {
  return new FleetCronError("state_dir_unusable", `can't use ${file}: ${messageOf(cause)}`, { cause });
}

/** As the driver and mongosh take it. */
export function uriOf(stateDir: string, address: Address): string {
  return storeUri(address, () => ({ user: embeddedUser, password: loadPassword(stateDir) }));
}

/** Tells other processes on this machine who serves; the returned function takes it back. */
export function announce(stateDir: string, address: Address): () => void {
  const file = noteFile(stateDir);
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify({ pid: process.pid, ...address })}\n`, { mode: 0o600 });
    renameSync(draft, file);
  } catch (cause) {
    throw unusable(file, cause);
  }
  return () => rmSync(file, { force: true });
}

/** Where the store is served right now; null when nobody does, whatever an old note says. */
export async function findServed(stateDir: string): Promise<Address | null> {
  const address = readNote(noteFile(stateDir));
  return address !== null && (await answers(address)) ? address : null;
}

function readNote(file: string): Address | null {
  try {
    const { socket, port } = JSON.parse(readFileSync(file, "utf8")) as { socket?: unknown; port?: unknown };
    if (typeof socket === "string") return { socket };
    return typeof port === "number" ? { port } : null;
  } catch {
    return null;
  }
}

function answers(address: Address): Promise<boolean> {
  const where = "socket" in address ? { path: address.socket } : { port: address.port, host: "127.0.0.1" };
  return new Promise((resolve) => {
    const probe = connect(where);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}
