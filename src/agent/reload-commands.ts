// `reload_jobs` and `reload_config`: read again what people changed.
import type { Report } from "./command-handler.ts";
import type { AgentContext } from "./context.ts";
import { checkFleetZone } from "./ensure-fleet.ts";
import { loadCatalog } from "./load-catalog.ts";

/** Names beyond this are only counted: an acknowledgement is one of many in one document. */
const longestList = 20;

export async function reloadJobs(context: AgentContext): Promise<Report> {
  const diff = context.recentEdits.take(await loadCatalog(context), context.deps.clock.monotonic());
  const counts = Object.entries(diff).map(([what, names]) => [`${what}_count`, names.length]);
  const lists = Object.entries(diff).map(([what, names]) => [what, names.slice(0, longestList)]);
  return Object.fromEntries([...lists, ...counts]);
}

export async function reloadConfig(context: AgentContext): Promise<Report> {
  const { settings, notes } = context.deps.reloadSettings();
  await checkFleetZone(context, settings.tz);
  context.applySettings(settings);
  await loadCatalog(context);
  return notes.length === 0 ? {} : { notes };
}

/** `reload_config` of nobody's: SIGHUP. What does not load is told and the old config stays. */
export async function reloadUnasked(context: AgentContext): Promise<void> {
  const { log } = context.deps;
  try {
    log.info({ ...(await reloadConfig(context)) }, "config reloaded");
  } catch (error) {
    log.error({ err: error }, "config not reloaded: the one before stays in force");
  }
}
