// The config, and where its secrets come from. Both are read in one go, so their problems arrive together.
import { fileOfConfigError, type LoadedConfig } from "../../config/load-config.ts";
import { FleetCronError } from "../../errors.ts";
import type { Cli } from "../cli.ts";
import { counted } from "../render-text.ts";
import { type Finding, failed, failure, fine, warning } from "./check.ts";

export interface ConfigFindings {
  /** null: nothing else can be looked at. */
  readonly loaded: LoadedConfig | null;
  readonly config: readonly Finding[];
  readonly secrets: readonly Finding[];
}

export function lookAtConfig(cli: Pick<Cli, "loadConfig">): ConfigFindings {
  try {
    const loaded = cli.loadConfig();
    const { config, file, warnings } = loaded;
    const read = fine(file ?? "no file: environment and defaults");
    const secrets = config.secrets.size === 0 ? "none" : `${counted(config.secrets.size, "secret")}, all can be read`;
    const remarks = warnings.map((text) => warning(text, "fleetcron config show"));
    return { loaded, config: [read, ...remarks], secrets: [fine(secrets)] };
  } catch (error) {
    return { loaded: loadWithoutSecrets(cli), ...explainProblems(error) };
  }
}

/** For the other checks, which need no values; null where something else is wrong too. */
function loadWithoutSecrets(cli: Pick<Cli, "loadConfig">): LoadedConfig | null {
  try {
    return cli.loadConfig({ needsSecrets: false });
  } catch {
    return null;
  }
}

function explainProblems(error: unknown): Omit<ConfigFindings, "loaded"> {
  if (!(error instanceof FleetCronError) || error.code !== "config_invalid")
    return { config: [failure(error)], secrets: [] };
  const where = fileOfConfigError(error) ?? "the environment";
  const problems = error.details.map((text) => failed(text, `change it in ${where}, then: fleetcron config check`));
  const isOfSecret = ({ text }: Finding) => text.startsWith("secrets.");
  return { config: problems.filter((one) => !isOfSecret(one)), secrets: problems.filter(isOfSecret) };
}
