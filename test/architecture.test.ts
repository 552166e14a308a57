// The rules of the house that a compiler does not know: who may import whom, where a package is at home, who reads the
// clock, how long a file may be, and that nothing goes in a circle.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");
const src = join(root, "src");

const layers: Record<string, readonly string[]> = {
  cli: ["agent", "chain", "config", "embedded", "metrics", "model", "notify", "runtime", "service", "store"],
  agent: ["chain", "model", "notify", "runtime", "store"],
  notify: ["chain", "model", "runtime", "store"],
  chain: ["model", "runtime"],
  store: ["model", "runtime"],
  // An agent tells a Meter that it is given, and does not know what counts.
  metrics: ["model"],
  // A database server knows nothing of jobs; and the store sees a connection string, never who serves it.
  embedded: ["runtime"],
  config: ["model", "runtime"],
  service: ["runtime"],
  model: [],
  runtime: [],
};

const packageHomes: Record<string, readonly string[]> = {
  commander: ["cli"],
  "string-width": ["cli"],
  yaml: ["cli"],
  undici: ["chain"],
  mongodb: ["store"],
  bson: ["embedded"],
  luxon: ["model"],
  "json-p3": ["model"],
  zod: ["config"],
  "jsonc-parser": ["config"],
  pino: ["runtime"],
  "pino-pretty": ["runtime"],
  "proper-lockfile": ["runtime"],
  "prom-client": ["metrics"],
};

interface Source {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly imports: readonly { readonly from: string; readonly isType: boolean }[];
}

const sources = filesBelow(src).map(readSource);

function filesBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".ts")).map((name) => join(folder, name));
}

function readSource(file: string): Source {
  const text = readFileSync(file, "utf8");
  const path = relative(src, file);
  const statements = text.matchAll(
    /(?:^|\n)(import|export)( type)?\b[^;"]*?from "([^"]+)"|import\((?:[^"()]*)"([^"]+)"\)/g,
  );
  const imports = [...statements].map((found) => ({
    from: found[3] ?? found[4] ?? "",
    isType: found[2] !== undefined || found[1] === undefined,
  }));
  return { path, folder: path.includes("/") ? (dirname(path).split("/")[0] ?? "") : "", text, imports };
}

const isOurs = (from: string) => from.startsWith(".");
const target = (source: Source, from: string) => relative(src, join(src, dirname(source.path), from));

test("every folder of src is a known layer and imports downwards only", () => {
  for (const source of sources) {
    if (source.folder === "") continue;
    const allowed = layers[source.folder];
    assert.ok(allowed, `${source.path}: ${source.folder} is no known folder`);
    for (const { from } of source.imports.filter(({ from }) => isOurs(from))) {
      const to = target(source, from);
      const folder = to.includes("/") ? (to.split("/")[0] ?? "") : "";
      const fine = to === "errors.ts" || folder === source.folder || allowed.includes(folder);
      assert.ok(fine, `${source.path} imports ${to}`);
    }
  }
});

test("every package has one home", () => {
  for (const source of sources) {
    for (const { from } of source.imports) {
      if (isOurs(from) || from.startsWith("node:")) continue;
      const name = from.startsWith("@") ? from.split("/").slice(0, 2).join("/") : (from.split("/")[0] ?? "");
      assert.ok(packageHomes[name]?.includes(source.folder), `${source.path} imports ${from}`);
    }
  }
});

test("the embedded store knows nothing of jobs", () => {
  const ours = /job|\bruns?\b(?=[_-]|[A-Z])|fleet(?!cron)|serials\b|heartbeat|occurrence/i;
  for (const { path, text } of sources.filter(({ folder }) => folder === "embedded")) {
    assert.doesNotMatch(text, ours, path);
  }
});

test("SQLite is used by the embedded store's storage alone", () => {
  for (const { path, imports } of sources) {
    if (imports.some(({ from }) => from === "node:sqlite")) assert.match(path, /^embedded\/storage\//);
  }
});

test("only runtime/clock.ts reads time or sets timers", () => {
  const readsTime = /Date\.now\(|new Date\(\)|\bsetTimeout\(|\bsetInterval\(|performance\.now\(|node:timers/;
  for (const { path, text } of sources) {
    if (path !== "runtime/clock.ts") assert.doesNotMatch(text, readsTime, path);
  }
});

test("only the process's edges read the environment", () => {
  for (const { path, text } of sources) {
    if (path !== "cli/program.ts") assert.doesNotMatch(text, /process\.env/, path);
  }
});

test("only cli/output.ts and the log print", () => {
  for (const { path, text } of sources) assert.doesNotMatch(text, /console\.|process\.std(out|err)\.write/, path);
});

test("import.meta stands in runtime/assets.ts alone, and nothing awaits at top level", () => {
  for (const { path, text } of sources) {
    if (path !== "runtime/assets.ts") assert.doesNotMatch(text, /import\.meta/, path);
    assert.doesNotMatch(text, /^await /m, path);
  }
});

test("no file is longer than 300 lines", () => {
  for (const file of [...filesBelow(src), ...filesBelow(join(root, "test")), ...filesBelow(join(root, "scripts"))]) {
    const lines = readFileSync(file, "utf8").split("\n").length - 1;
    assert.ok(lines <= 300, `${relative(root, file)} has ${lines} lines`);
  }
});

test("imports go in no circle (types aside: they are gone at run time)", () => {
  const edges = new Map(
    sources.map((source) => [
      source.path,
      source.imports.filter(({ from, isType }) => isOurs(from) && !isType).map(({ from }) => target(source, from)),
    ]),
  );
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(path), `circle: ${[...trail, path].join(" → ")}`);
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
});
