// A replica set whose members can be killed, frozen and started again: the processes are ours, so their ids are known.
// Each member stands behind a proxy that can lose answers; the set knows its members by the proxies' addresses, so the
// driver and the members themselves go through them.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Document, MongoClient } from "mongodb";
import { type LossyProxy, startLossyProxy } from "../helpers/lossy-proxy.ts";
import type { MongoBinary } from "../helpers/mongo-servers.ts";
import { until } from "../helpers/test-agent.ts";

export interface Member {
  readonly proxy: LossyProxy;
  /** To this member alone, past the set. */
  readonly directUri: string;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts the program again on the same data and port; harmless while it runs. */
  start(): void;
  command(command: object): Promise<Document>;
  /** Resolves when it is a member that can be elected again. */
  waitMember(): Promise<void>;
}

export interface ReplicaSet extends AsyncDisposable {
  readonly uri: string;
  readonly members: readonly Member[];
  /** As the other members see it: a frozen member can't be asked. Null while there is none. */
  findPrimary(): Promise<Member | null>;
  waitPrimary(): Promise<Member>;
}

const setName = "chaos";

/** Elects about 2 s after the primary's death instead of 10. */
const settings = { electionTimeoutMillis: 2_000, heartbeatIntervalMillis: 200 };

export async function startReplicaSet(binary: MongoBinary, count = 3): Promise<ReplicaSet> {
  await using cleanup = new AsyncDisposableStack();
  const dir = mkdtempSync(join(tmpdir(), "fleetcron-chaos-"));
  cleanup.defer(() => rmSync(dir, { recursive: true, force: true }));
  const members: Member[] = [];
  for (let i = 0; i < count; i++) members.push(await startMember(binary, join(dir, String(i)), cleanup));

  const hosts = members.map(({ proxy }) => new URL(proxy.uri.replace("mongodb:", "http:")).host);
  const config = { _id: setName, members: hosts.map((host, _id) => ({ _id, host })), settings };
  await members[0]?.command({ replSetInitiate: config });
  const findPrimary = async () => {
    const answers = await Promise.all(
      members.map((member) => member.command({ replSetGetStatus: 1 }).catch(() => null)),
    );
    const status = answers.find((answer) => answer?.members?.some(isPrimary));
    const at = status?.members.findIndex(isPrimary) ?? -1;
    return members[at] ?? null;
  };
  const waitPrimary = async () => {
    const found: Member[] = [];
    const look = async () => found.push(...[await findPrimary()].filter((member) => member !== null)) > 0;
    await until(look, "the replica set has a primary");
    return found[0] as Member;
  };
  await waitPrimary();
  const all = cleanup.move();
  return {
    uri: `mongodb://${hosts.join(",")}/?replicaSet=${setName}`,
    members,
    findPrimary,
    waitPrimary,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function startMember(binary: MongoBinary, path: string, cleanup: AsyncDisposableStack): Promise<Member> {
  mkdirSync(path);
  const port = await freePort();
  const args = [
    ...["--replSet", setName, "--dbpath", path, "--port", String(port), "--bind_ip", "127.0.0.1", "--nounixsocket"],
    ...["--setParameter", "enableTestCommands=1", "--setParameter", "diagnosticDataCollectionEnabled=false"],
    ...["--wiredTigerCacheSizeGB", "0.25", "--quiet"],
  ];
  let child: ChildProcess | null = null;
  const start = () => {
    if (child !== null && child.exitCode === null && child.signalCode === null) return;
    child = spawn(binary.path, args, { stdio: "ignore" });
  };
  const kill = async (signal: NodeJS.Signals) => {
    const running = child;
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    running.kill(signal);
    if (signal === "SIGKILL") await new Promise((resolve) => running.once("exit", resolve));
  };
  const orphan = () => void child?.kill("SIGKILL");
  process.once("exit", orphan);
  cleanup.defer(async () => {
    process.off("exit", orphan);
    await kill("SIGKILL");
  });
  start();
  const directUri = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  const proxy = cleanup.use(await startLossyProxy(directUri));
  const state = async () => (await ask(directUri, { replSetGetStatus: 1 }).catch(() => null))?.myState;
  const waitMember = () => until(async () => [1, 2].includes(await state()), "the member is back in the set");
  const member = { proxy, directUri, kill, start, command: (one: object) => ask(directUri, one), waitMember };
  await until(() => ask(directUri, { ping: 1 }).then(Boolean, () => false), "mongod answers");
  return member;
}

/** One command to one member, which may be frozen or dead: it gets two seconds. */
async function ask(uri: string, command: object): Promise<Document> {
  const limits = { serverSelectionTimeoutMS: 2_000, connectTimeoutMS: 2_000, socketTimeoutMS: 2_000 };
  await using client = new MongoClient(uri, limits);
  return await client.db("admin").command({ ...command });
}

interface StatusMember {
  readonly stateStr: string;
  readonly health: number;
}

const isPrimary = ({ stateStr, health }: StatusMember) => stateStr === "PRIMARY" && health === 1;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
