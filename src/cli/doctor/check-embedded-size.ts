// What one machine's embedded store is made for.
import { statSync } from "node:fs";
import { countRuns } from "../../store/list-runs.ts";
import { dataFile } from "../embedded-place.ts";
import { counted } from "../render-text.ts";
import { type Check, type Connected, type Finding, fine, warning } from "./check.ts";

const mostRuns = 100_000;

export const checkEmbeddedSize: Check<Connected> = {
  name: "store size",
  look: async ({ store, loaded: { config } }) => {
    if (config.store !== "embedded") return [];
    return [judgeSize(await countRuns(store), bytesOnDisk(config.stateDir))];
  },
};

export function judgeSize(runs: number, bytes: number): Finding {
  const text = `${counted(runs, "run")}, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
  if (runs < mostRuns) return fine(text);
  return warning(
    `${text}: a MongoDB is the better home from ${mostRuns} on`,
    "lower retention_days, or set mongodb_uri",
  );
}

/** The newest writes are in the log beside the file. */
function bytesOnDisk(stateDir: string): number {
  const file = dataFile(stateDir);
  const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return sizeOf(file) + sizeOf(`${file}-wal`);
}
