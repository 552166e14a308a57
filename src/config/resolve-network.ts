// What of the network stands outside the config: the certificates its file names, and the environment's proxies.
import type { NetworkRules } from "../model/network.ts";
import { readCaFile } from "./ca-file.ts";
import type { ConfigProblem } from "./problem.ts";
import { readProxies } from "./proxies.ts";
import { resolvePath, type SecretPlaces } from "./resolve-secrets.ts";
import type { RawConfig } from "./schema.ts";

export interface OuterNetwork {
  readonly network: Pick<NetworkRules, "ca" | "proxies">;
  readonly problems: readonly ConfigProblem[];
}

/** Both are read anew with every config. `tls` is undefined where it is not well-formed. */
export function resolveNetwork(tls: RawConfig["tls"] | undefined, places: SecretPlaces): OuterNetwork {
  const { proxies, problems } = readProxies(places.env);
  const direct = proxies === null ? {} : { proxies };
  if (tls?.ca_file === undefined) return { network: direct, problems };
  const read = readCaFile(resolvePath(tls.ca_file, places));
  if ("text" in read) return { network: direct, problems: [...problems, read] };
  return { network: { ...direct, ca: read.ca }, problems };
}
