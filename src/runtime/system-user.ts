// The users of this machine, for programs that run as one of them.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Only root may become somebody else, and only where there are users as Unix knows them. */
export function canActAs(): boolean {
  return process.getuid?.() === 0;
}

/** null: there is no such user. Asks `id`, which knows also the users of a directory service. */
export async function findUser(name: string): Promise<{ readonly uid: number; readonly gid: number } | null> {
  try {
    const [uid, gid] = await Promise.all([idOf("-u", name), idOf("-g", name)]);
    return { uid, gid };
  } catch {
    return null;
  }
}

async function idOf(option: "-u" | "-g", name: string): Promise<number> {
  const { stdout } = await run("id", [option, "--", name]);
  return Number(stdout);
}
