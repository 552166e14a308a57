// The effective config as a flat list, for `config show`.
import type { Config } from "./config.ts";
import { configKeys } from "./config-keys.ts";
import { maskedUri } from "./mongodb-uri.ts";
import type { Path } from "./problem.ts";

export interface ConfigEntry {
  /** As it is written: snake_case names from the root. */
  readonly path: Path;
  /** Secrets masked. */
  readonly value: unknown;
}

/** Every value in the order of the keys; each secret and each tag by itself. */
export function configEntries(config: Config): readonly ConfigEntry[] {
  const secrets = Object.fromEntries([...config.secrets].map(([name, { hosts }]) => [name, { value: "***", hosts }]));
  const notify = Object.fromEntries([...config.notify].map(([name, { type }]) => [name, { type, url: "***" }]));
  const masked = {
    ...config,
    mongodbUri: config.mongodbUri === null ? null : maskedUri(config.mongodbUri),
    secrets,
    notify,
  };
  return configKeys().flatMap((key): ConfigEntry[] => {
    if (key.kind === "object") return [];
    const path = key.path.split(".");
    const value = path.reduce<unknown>((part, name) => (part as Record<string, unknown>)[camelCase(name)], masked);
    const parts = key.kind === "record" ? Object.entries(value as object) : [];
    if (parts.length === 0) return [{ path, value }];
    return parts.map(([name, part]) => ({ path: [...path, name], value: part }));
  });
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
