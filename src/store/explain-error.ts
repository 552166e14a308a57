// The driver's errors in words that say what to do. No message ever holds the connection string: it has the password.
import { MongoCompatibilityError, MongoError, MongoServerSelectionError } from "mongodb";
import { type ErrorCode, FleetCronError } from "../errors.ts";
import { classifyWrite, isStoreUnavailable } from "./outcome.ts";

const authCodes = [18, 8_000];
const unauthorized = 13;
const tlsWords = /certificate|TLS|SSL|altnames|wrong version number|DEPTH_ZERO|UNABLE_TO_/i;

/** Why `connectStore` failed. `uri` is read for its hosts and options only. */
export function explainConnectError(error: unknown, uri: string): FleetCronError {
  if (error instanceof FleetCronError) return error;
  const hosts = hostsOf(uri);
  const message = withoutCredentials(error instanceof Error ? error.message : String(error), uri);
  const fail = (code: ErrorCode, text: string, detail: string) =>
    new FleetCronError(code, text, { cause: error, details: [detail] });

  const incompatible = [error, error instanceof Error ? error.cause : null].find(isCompatibilityError);
  if (incompatible !== undefined) return explainVersion(incompatible, hosts);
  if (isFileError(error)) {
    return fail("config_invalid", `mongodb_uri: ${message}`, "check tlsCAFile and tlsCertificateKeyFile");
  }
  if (isAuthError(error)) {
    return new FleetCronError("store_auth", `MongoDB at ${hosts} refused the user name or password`, {
      cause: error,
      details: ["check user, password and authSource in mongodb_uri"],
    });
  }
  if (error instanceof MongoError && error.code === unauthorized) return explainPermission(error, hosts);
  if (tlsWords.test(message)) {
    const detail = "check tls, tlsCAFile and the host name in mongodb_uri against the server's certificate";
    return fail("store_unreachable", `no TLS connection to MongoDB at ${hosts}: ${message}`, detail);
  }
  if (isWrongSet(error)) {
    const text = `no server at ${hosts} is a member of the replica set "${error.reason?.setName}"`;
    return fail("store_unreachable", text, "check replicaSet in mongodb_uri, and the names of the members");
  }
  if (/<monitor> to .* closed$/.test(message)) {
    const text = `MongoDB at ${hosts} closed the connection`;
    return fail("store_unreachable", text, "does the server ask for TLS? then add tls=true to mongodb_uri");
  }
  return fail("store_unreachable", `MongoDB at ${hosts} cannot be reached: ${message}`, whatToCheck(uri));
}

/** What the driver says to a connection string that it cannot read. */
export function explainUriError(error: unknown, uri: string): FleetCronError {
  const message = withoutCredentials(error instanceof Error ? error.message : String(error), uri);
  return new FleetCronError("config_invalid", `mongodb_uri: ${message}`, {
    cause: error,
    details: ["expected mongodb://… or mongodb+srv://…; in a password : / ? # [ ] @ and % must be percent-encoded"],
  });
}

/** What a failed operation means to a person; null for an error that is not the database's. */
export function explainStoreError(error: unknown): FleetCronError | null {
  if (error instanceof FleetCronError) return error;
  if (!(error instanceof MongoError)) return null;
  if (error.code === unauthorized) return explainPermission(error, "");
  if (isAuthError(error))
    return new FleetCronError("store_auth", "MongoDB refused the user name or password", { cause: error });
  if (isStoreUnavailable(error)) {
    return new FleetCronError("store_unreachable", `the database does not answer: ${error.message}`, { cause: error });
  }
  const refused = classifyWrite(error).outcome === "not_applied" ? "refused" : "failed";
  return new FleetCronError("store_failed", `the database ${refused} an operation: ${error.message}`, { cause: error });
}

const isCompatibilityError = (error: unknown) => error instanceof MongoCompatibilityError;

/** The driver itself refuses servers below wire version 9, which is MongoDB 4.4, but not in words for everybody. */
function explainVersion(error: MongoCompatibilityError, hosts: string): FleetCronError {
  const [, server = hosts, wire = ""] = /Server at (\S+) reports maximum wire version (\d+)/.exec(error.message) ?? [];
  if (wire === "") return new FleetCronError("store_failed", error.message, { cause: error });
  const version = { 6: "3.6", 7: "4.0", 8: "4.2" }[wire] ?? "older than 3.6";
  const message = `MongoDB at ${server} is version ${version}, FleetCron needs 4.4 or newer`;
  return new FleetCronError("store_too_old", message, { cause: error });
}

/** The server's text quotes the whole command, with whatever data is in it: only its head is told. */
function explainPermission(error: MongoError, hosts: string): FleetCronError {
  if (/requires authentication/.test(error.message)) {
    const at = hosts === "" ? "" : ` at ${hosts}`;
    return new FleetCronError("store_auth", `MongoDB${at} asks for a user and a password, mongodb_uri has none`, {
      cause: error,
      details: ["mongodb://USER:PASSWORD@HOST/?authSource=admin"],
    });
  }
  const [, db = "", command = "", collection = ""] =
    /not authorized on (\S+) to execute command \{ (\w+): "?([\w.]*)/.exec(error.message) ?? [];
  const what = command === "" ? "do this" : `${command} on ${[db, collection].filter((part) => part !== "").join(".")}`;
  return new FleetCronError("store_permission", `this database user may not ${what}`, {
    cause: error,
    details: [`it needs the role readWrite on the database${db === "" ? "" : ` ${db}`}`],
  });
}

/** A set that names every server and knows none of them as its own. */
function isWrongSet(error: unknown): error is MongoServerSelectionError {
  if (!(error instanceof MongoServerSelectionError)) return false;
  const { reason } = error;
  return reason?.type === "ReplicaSetNoPrimary" && reason.servers.size === 0;
}

function isAuthError(error: unknown): boolean {
  return error instanceof MongoError && authCodes.includes(Number(error.code));
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && "path" in error && "syscall" in error;
}

/** Text after the last @, so that no odd password can end up in it. */
function hostsOf(uri: string): string {
  const rest = uri.slice(uri.indexOf("://") + 3);
  const hosts = rest.slice(rest.lastIndexOf("@") + 1).split(/[/?]/)[0] ?? "";
  return hosts === "" ? "(no host)" : hosts;
}

function whatToCheck(uri: string): string {
  return uri.startsWith("mongodb+srv:")
    ? "check the host name in mongodb_uri and whether this machine's DNS answers SRV queries"
    : "is it running, is the port right, does a firewall or an IP access list stand between?";
}

function withoutCredentials(message: string, uri: string): string {
  const at = uri.lastIndexOf("@");
  const credentials = at === -1 ? "" : uri.slice(uri.indexOf("://") + 3, at);
  const secrets = [credentials, credentials.slice(credentials.indexOf(":") + 1)].filter((secret) => secret !== "");
  return secrets.reduce((text, secret) => text.replaceAll(secret, "***"), message);
}
