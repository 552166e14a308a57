// Reading the config file: its bytes, its encoding, and who else may read it.
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { FleetCronError } from "../errors.ts";
import { type ParsedText, parseConfigText } from "./config-file.ts";
import { holdsPassword } from "./mongodb-uri.ts";
import { isTree } from "./tree.ts";

/**
 * Reads and parses a config file.
 * @throws config_permissions when it may not be read, or holds secrets that others can read
 * @throws config_invalid when it is not UTF-8
 */
export function readConfigFile(file: string, insecurePermissions: boolean): ParsedText {
  const { bytes, mode } = read(file);
  const parsed = parseConfigText(decode(file, bytes));
  const readableByOthers = process.platform !== "win32" && (mode & 0o044) !== 0;
  if (readableByOthers && !insecurePermissions && holdsSecrets(parsed.value)) {
    throw new FleetCronError(
      "config_permissions",
      `${file} holds secrets and others can read it (mode ${(mode & 0o777).toString(8).padStart(4, "0")})`,
      { details: [`run: chmod 600 ${file}`, "or allow it with --insecure-permissions"] },
    );
  }
  return parsed;
}

/** Mode and content through one descriptor: the file that is judged is the file that is read. */
function read(file: string): { bytes: Buffer; mode: number } {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, "r");
    return { mode: fstatSync(descriptor).mode, bytes: readFileSync(descriptor) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "EACCES" || code === "EPERM" ? "permission denied" : message;
    throw new FleetCronError("config_permissions", `cannot read ${file}: ${why}`, { cause: error });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function decode(file: string, bytes: Buffer): string {
  const problem = (text: string) =>
    new FleetCronError("config_invalid", `${file}: 1 problem`, { details: [`${text} (${basename(file)})`] });
  const marks = bytes.subarray(0, 3).toString("hex");
  if (marks.startsWith("fffe") || marks.startsWith("feff")) {
    throw problem("expected UTF-8, got UTF-16; save the file as UTF-8");
  }
  if (marks === "efbbbf") {
    throw problem("expected JSON, got a byte order mark before it; save the file as UTF-8 without BOM");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw problem("expected UTF-8, got bytes that are not; save the file as UTF-8");
  }
}

function holdsSecrets(value: unknown): boolean {
  if (!isTree(value)) return false;
  const { mongodb_uri: uri, secrets, notify } = value;
  if (typeof uri === "string" && holdsPassword(uri)) return true;
  const addresses = valuesOf(notify).flatMap((channel) => (isTree(channel) ? [channel.url, channel.token] : []));
  return [...valuesOf(secrets), ...addresses].some(
    (secret) => typeof secret === "string" || (isTree(secret) && "value" in secret),
  );
}

function valuesOf(value: unknown): readonly unknown[] {
  return isTree(value) ? Object.values(value) : [];
}
