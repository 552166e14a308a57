// The config that `fleetcron init` writes: every key at its default, documented by the remark above it.
import { type ConfigKey, configKeys } from "./config-keys.ts";
import type { Tree } from "./tree.ts";

/** Written beside the config, so that editors find it from a clone and after an installation alike. */
export const schemaFileName = "fleetcron.config.schema.json";

export interface StarterChoices {
  readonly tz: string | undefined;
  readonly store: "mongodb" | "embedded";
}

/** Plain JSON, which passes `config check` as it is. */
export function renderStarterConfig({ tz, store }: StarterChoices): string {
  const own: Tree = store === "embedded" ? { store, retention_days: 2 } : { mongodb_uri: "mongodb://localhost:27017" };
  const chosen: Tree = { ...own, ...(tz === undefined ? {} : { tz }) };
  const head = {
    $schema: `./${schemaFileName}`,
    "//": "Names that begin with // are remarks. After a change: fleetcron config check, then fleetcron reload-config",
  };
  return `${JSON.stringify({ ...head, ...documented("", chosen) }, null, 2)}\n`;
}

const examples: Readonly<Record<string, string>> = {
  mongodb_uri: "; replace this one with yours",
  secrets:
    '; for example "API_SECRET": {"env": "API_SECRET", "hosts": ["api.example.com"]}, or {"file": "path"}, or {"value": "…"}',
  tags: '; for example "site": "berlin"',
};

function documented(prefix: string, chosen: Tree): Tree {
  const result: Tree = {};
  for (const key of configKeys()) {
    const name = key.path.slice(prefix.length);
    if (!key.path.startsWith(prefix) || name.includes(".")) continue;
    result[`// ${name}`] = key.description + (examples[key.path] ?? "");
    result[name] = startValue(key, chosen);
  }
  return result;
}

function startValue(key: ConfigKey, chosen: Tree): unknown {
  return key.kind === "object" ? documented(`${key.path}.`, chosen) : (chosen[key.path] ?? key.default);
}
