// What a client asks about the server itself. It speaks MongoDB's wire protocol and says of which version; it never says
// that it is MongoDB.

import { arch, cpus, hostname, type as osType, platform, release, totalmem } from "node:os";
import { Double, Int32, Long } from "bson";
import { CommandError } from "../command-error.ts";
import type { Value, ValueDocument } from "../values/value.ts";
import { readArguments } from "./arguments.ts";
import { type Command, done } from "./command.ts";

/** The version whose rules we keep; drivers choose their commands by the wire version. */
const serverVersion = "6.0.5";
const versionArray = [6, 0, 5, 0].map((part) => new Int32(part));
const gitVersion = "fleetcron embedded store";

export function serverFacts(): ValueDocument {
  return { host: hostname(), port: new Int32(0), version: serverVersion, gitVersion };
}

const ping: Command = { names: ["ping"], open: true, run: () => done() };

const buildInfo: Command = {
  names: ["buildInfo", "buildinfo"],
  open: true,
  run: () =>
    done({
      version: serverVersion,
      gitVersion,
      modules: ["fleetcron-embedded"],
      storageEngines: ["sqlite"],
      versionArray,
      bits: new Int32(64),
      debug: false,
      maxBsonObjectSize: new Int32(16 * 1024 * 1024),
    }),
};

const hostInfo: Command = {
  names: ["hostInfo"],
  run: ({ now }) =>
    done({
      system: {
        currentTime: now,
        hostname: hostname(),
        cpuAddrSize: new Int32(64),
        memSizeMB: Long.fromNumber(Math.round(totalmem() / 1024 / 1024)),
        numCores: new Int32(cpus().length),
        cpuArch: arch(),
      },
      os: { type: osType(), name: platform(), version: release() },
      extra: {},
    }),
};

const parameters: Readonly<Record<string, Value>> = {
  featureCompatibilityVersion: { version: "6.0" },
  authenticationMechanisms: ["SCRAM-SHA-256"],
};

const getParameter: Command = {
  names: ["getParameter"],
  run(_, { body }) {
    const asked = Object.keys(body).filter((name) => Object.hasOwn(parameters, name));
    const all = body.getParameter === "*";
    const found = Object.entries(parameters).filter(([name]) => all || asked.includes(name));
    if (found.length === 0) throw new CommandError("InvalidOptions", "no option found to get");
    return done(Object.fromEntries(found));
  },
};

const getLog: Command = {
  names: ["getLog"],
  run(_, { body }) {
    if (body.getLog === "*") return done({ names: ["global", "startupWarnings"] });
    return done({ totalLinesWritten: new Int32(0), log: [] });
  },
};

const getCmdLineOpts: Command = {
  names: ["getCmdLineOpts"],
  run: () => done({ argv: ["fleetcron"], parsed: {} }),
};

const serverStatus: Command = {
  names: ["serverStatus"],
  run: ({ server, now }) => {
    const uptime = (server.clock.monotonic() - server.startedAt) / 1_000;
    return done({
      ...serverFacts(),
      process: "fleetcron",
      pid: Long.fromNumber(process.pid),
      uptime: new Double(uptime),
      uptimeMillis: Long.fromNumber(Math.round(uptime * 1_000)),
      localTime: now,
      mem: { bits: new Int32(64), resident: new Int32(Math.round(process.memoryUsage.rss() / 1024 / 1024)) },
      metrics: { cursor: { open: { total: Long.fromNumber(server.cursors.size) } } },
      storageEngine: { name: "sqlite" },
    });
  },
};

const connectionStatus: Command = {
  names: ["connectionStatus"],
  open: true,
  run({ session }, { body }) {
    readArguments(body, { showPrivileges: "bool" }, { where: "connectionStatus" });
    const authenticatedUsers = session.user === null ? [] : [{ user: session.user, db: "admin" }];
    const authenticatedUserRoles = session.user === null ? [] : [{ role: "root", db: "admin" }];
    return done({ authInfo: { authenticatedUsers, authenticatedUserRoles } });
  },
};

const whatsmyuri: Command = { names: ["whatsmyuri"], open: true, run: () => done({ you: "127.0.0.1:0" }) };

/** Sessions are taken and mean nothing here: without transactions there is nothing to keep for them. */
const endSessions: Command = { names: ["endSessions", "refreshSessions", "killSessions"], run: () => done() };

export const serverInfoCommands: readonly Command[] = [
  ping,
  buildInfo,
  hostInfo,
  getParameter,
  getLog,
  getCmdLineOpts,
  serverStatus,
  connectionStatus,
  whatsmyuri,
  endSessions,
];
