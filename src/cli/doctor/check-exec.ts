// The programs that jobs may run here: whoever can change one of them runs what they like as the agent.
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../../errors.ts";
import { counted } from "../render-text.ts";
import { type Check, type Finding, failed, fine, type Machine, warning } from "./check.ts";

const writableByOthers = 0o022;
/** In a folder with it, /tmp for one, others can't replace what is not theirs. */
const sticky = 0o1000;

export const checkExec: Check<Machine> = {
  name: "exec",
  look: ({ loaded: { config } }) => {
    const { allow } = config.exec;
    if (allow.length === 0) return [];
    const bad = allow.flatMap(lookAtProgram);
    return bad.length > 0 ? bad : [fine(`${counted(allow.length, "program")}, only their owners can change them`)];
  },
};

function lookAtProgram(program: string): readonly Finding[] {
  try {
    if (!statSync(program).isFile()) return [warning(`exec.allow: ${program} is no program`, inConfig)];
    accessSync(program, constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [warning(`exec.allow: there is no ${program}: jobs that run it fail`, inConfig)];
    return [warning(`exec.allow: ${program} can't be run: ${messageOf(error)}`, `chmod +x ${program}`)];
  }
  if (process.platform === "win32") return [];
  return [...new Set([...pathsTo(program), ...pathsTo(realpathSync(program))])]
    .filter(isOpen)
    .map((path) => failed(`exec.allow: others may change ${program}, by ${path}`, `chmod go-w ${path}`));
}

const inConfig = "install it, or take it out of exec.allow";

/** The file and every folder above it: each decides what lies at the path. */
function pathsTo(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...pathsTo(above)];
}

/** Of a link its target counts: the mode of a link says nothing. */
function isOpen(path: string): boolean {
  const stats = statSync(path);
  const isSticky = stats.isDirectory() && (stats.mode & sticky) !== 0;
  return !isSticky && (stats.mode & writableByOthers) !== 0;
}
