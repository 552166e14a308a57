// What works but is probably not meant.
import { nearest } from "../model/nearest.ts";
import { shortestMasked } from "../model/secret.ts";
import type { Config } from "./config.ts";
import { configKeys } from "./config-keys.ts";
import { databaseOf } from "./mongodb-uri.ts";
import type { RawConfig } from "./schema.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** One line each. */
export function configWarnings(config: Config, raw: RawConfig, given: { env: Env; dbNameOrigin: string }): string[] {
  return [
    ...secretWarnings(raw),
    ...shortSecretWarnings(config),
    ...databaseWarnings(config, given.dbNameOrigin),
    ...variableWarnings(raw, given.env),
  ];
}

function secretWarnings(raw: RawConfig): string[] {
  const names = Object.keys(raw.secrets).filter((name) => typeof raw.secrets[name] === "string");
  if (names.length === 0) return [];
  return [
    `secrets: ${names.join(", ")} may be sent to any host; {"value": "…", "hosts": ["api.example.com"]} limits that`,
  ];
}

function shortSecretWarnings({ secrets }: Config): string[] {
  const names = [...secrets].filter(([, { value }]) => value.length < shortestMasked).map(([name]) => name);
  if (names.length === 0) return [];
  return [`secrets: ${names.join(", ")} below ${shortestMasked} characters: not masked in records and logs`];
}

function databaseWarnings(config: Config, dbNameOrigin: string): string[] {
  const database = config.mongodbUri === null ? null : databaseOf(config.mongodbUri);
  if (database === null || database === "admin" || database === config.dbName || dbNameOrigin !== "default") return [];
  return [`mongodb_uri names the database "${database}", but db_name decides: "${config.dbName}" is used`];
}

/** Only near misses: Kubernetes sets FLEETCRON_SERVICE_HOST and the like for a service of that name. */
function variableWarnings(raw: RawConfig, env: Env): string[] {
  const prefix = "FLEETCRON_";
  const variables = configKeys().flatMap((key) => [key.variable, `${key.variable}_FILE`]);
  const known = new Set(["FLEETCRON_CONFIG", ...variables]);
  const bySecrets = new Set(Object.values(raw.secrets).map((secret) => (typeof secret === "string" ? "" : secret.env)));
  const warnings: string[] = [];
  for (const name of Object.keys(env).sort()) {
    if (!name.startsWith(prefix) || name.startsWith("FLEETCRON_TEST_") || bySecrets.has(name)) continue;
    if (known.has(name)) {
      const both = known.has(`${name}_FILE`) && env[name] && env[`${name}_FILE`];
      if (both) warnings.push(`${name} and ${name}_FILE are both set; ${name} is used`);
      continue;
    }
    const word = nearest(
      name.slice(prefix.length),
      [...known].map((variable) => variable.slice(prefix.length)),
    );
    const record = /^FLEETCRON_(SECRETS|TAGS)_/.exec(name)?.[1];
    if (record !== undefined)
      warnings.push(`${name} is not used; FLEETCRON_${record} takes all of them as a JSON object`);
    else if (word !== null) warnings.push(`${name} is not used; did you mean ${prefix}${word}?`);
  }
  return warnings;
}
