// The completion scripts in the shells themselves.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runProgram, temporaryDir } from "../helpers/agent-process.ts";

const scriptOf = async (shell: string): Promise<string> => {
  const { code, stdout, stderr } = await runProgram(["complete", shell], {});
  assert.equal(code, 0, stderr);
  return stdout;
};
const isThere = (shell: string) => spawnSync(shell, ["--version"]).status === 0;
const skipUnless = (shell: string) => ({ skip: isThere(shell) ? false : `there is no ${shell} here` });

/** What is typed, the last word being the one to complete, and what must be offered for it. */
const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
  [["r"], ["reload", "reload-config", "resume", "runs"]],
  [
    ["jobs", "e"],
    ["enable", "export"],
  ],
  [["--config", "jobs", "ru"], ["runs"]],
  [
    ["--no-color", "runs", ""],
    ["cancel", "list", "show", "tail"],
  ],
  [
    ["runs", "list", "--s"],
    ["--set", "--since", "--status"],
  ],
  [["runs", "list", "--job", "jobs", "--st"], ["--status"]],
  [["runs", "tail", "--status", "m"], ["missed"]],
  [
    ["init", "--store", ""],
    ["embedded", "mongodb"],
  ],
  [["jobs", "apply", "--dr"], ["--dry-run"]],
  [["jobs", "next", "--tz", ""], []],
  [["jobs", "show", ""], []],
  [
    ["complete", ""],
    ["bash", "fish", "zsh"],
  ],
  [["config", "sch"], ["schema"]],
];

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
const linesOf = (text: string) => [...new Set(text.split("\n").filter((line) => line !== ""))].sort();

test(
  "bash completes commands, options and their values, and files where one is meant",
  skipUnless("bash"),
  async () => {
    const script = await scriptOf("bash");
    const ask = (words: readonly string[]) => {
      const line = ["fleetcron", ...words];
      const set = `COMP_WORDS=(${line.map(quoted).join(" ")}); COMP_CWORD=${line.length - 1}`;
      const print = `compopt() { echo FILES; }; _fleetcron; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return linesOf(execFileSync("bash", ["--norc", "-c", `${script}\n${set}\n${print}`], { encoding: "utf8" }));
    };
    for (const [words, expected] of cases) assert.deepEqual(ask(words), expected, words.join(" "));
    assert.deepEqual(ask(["runs", "list", "--status", "=", "er"]), ["error"]);
    assert.deepEqual(ask(["runs", "list", "--status", "="]).length, 7);
    for (const words of [
      ["--config", ""],
      ["jobs", "add", "x"],
      ["jobs", "apply", ""],
      ["try", ""],
      ["dev", "--keep", ""],
    ]) {
      assert.deepEqual(ask(words), ["FILES"], words.join(" "));
    }
  },
);

test(
  "fish completes commands, options and their values, and files where one is meant",
  skipUnless("fish"),
  async () => {
    using dir = temporaryDir();
    const file = join(dir.path, "fleetcron.fish");
    writeFileSync(file, await scriptOf("fish"));
    writeFileSync(join(dir.path, "nightly.yaml"), "");
    const ask = (words: readonly string[]) => {
      const line = ["fleetcron", ...words].join(" ");
      const options = { encoding: "utf8", cwd: dir.path, env: { ...process.env, HOME: dir.path } } as const;
      const shown = execFileSync("fish", ["--no-config", "-c", `source ${file}; complete -C ${quoted(line)}`], options);
      return linesOf(shown).map((one) => one.split("\t")[0]);
    };
    for (const [words, expected] of cases) assert.deepEqual(ask(words), expected, words.join(" "));
    assert.deepEqual(ask(["jobs", "add", "nig"]), ["nightly.yaml"]);
    assert.deepEqual(ask(["jobs", "show", "nig"]), []);
  },
);

test("zsh completes commands, options and their values, and files where one is meant", skipUnless("zsh"), async () => {
  using dir = temporaryDir();
  mkdirSync(join(dir.path, "functions"));
  writeFileSync(join(dir.path, "functions", "_fleetcron"), await scriptOf("zsh"));
  // zsh's own functions stand in for what draws the menu: what they are given is what would be offered.
  const ask = (words: readonly string[]) => {
    const line = ["fleetcron", ...words];
    const code = `
      fpath=(${quoted(join(dir.path, "functions"))} $fpath)
      autoload -Uz _fleetcron
      compset() { PREFIX=\${PREFIX#*=}; }
      _describe() { local name=$3 one; for one in \${(P)name}; do [[ $one == $PREFIX* ]] && print -r -- \${one%%:*}; done; }
      _files() { print FILES; }
      words=(${line.map(quoted).join(" ")}); CURRENT=${line.length}; PREFIX=${quoted(line.at(-1) ?? "")}
      _fleetcron`;
    return linesOf(execFileSync("zsh", ["-f", "-c", code], { encoding: "utf8" }));
  };
  for (const [words, expected] of cases) assert.deepEqual(ask(words), expected, words.join(" "));
  assert.deepEqual(ask(["runs", "list", "--status=er"]), ["error"]);
  assert.deepEqual(ask(["jobs", "add", ""]), ["FILES"]);
});

test("another shell is a usage error", async () => {
  const { code, stderr } = await runProgram(["complete", "tcsh"], {});
  assert.equal(code, 2);
  assert.match(stderr, /'tcsh' is invalid .* Allowed choices are bash, zsh, fish/);
});
