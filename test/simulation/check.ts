// The guarantees, each one function over what the world saw. A violation is a sentence with the run it is about.
import {
  caughtUpAsTold,
  malformedJobsDoNothing,
  neverTwoRecords,
  neverWithoutRecord,
  nobodySucceedsThemselves,
  noEndBeforeStart,
  noStuckRun,
  takenOnlyFromTheSilent,
} from "./check-records.ts";
import {
  nothingAfterDeadline,
  nothingEarly,
  nothingOfDisabledJobs,
  nothingSentAfterLoss,
  nothingSentWithoutRecord,
  oneSender,
  triesAsConfigured,
} from "./check-requests.ts";
import { begunIsSent, boundedDelay, noLostStart, skippedOnlyForTheLiving } from "./check-starts.ts";
import type { Witness } from "./simulate.ts";

export interface Violation {
  readonly guarantee: string;
  readonly text: string;
}

const guarantees: readonly (readonly [string, (witness: Witness) => readonly string[]])[] = [
  ["G1 one record", neverTwoRecords],
  ["G1 one record", neverWithoutRecord],
  ["G1 one record", nothingSentWithoutRecord],
  ["G1 one record", noEndBeforeStart],
  ["G2 one sender", oneSender],
  ["G2 one sender", triesAsConfigured],
  ["G2 one sender", nothingSentAfterLoss],
  ["G2 one sender", takenOnlyFromTheSilent],
  ["G2 one sender", nobodySucceedsThemselves],
  ["G3 no lost start", noLostStart],
  ["G3 no lost start", begunIsSent],
  ["G3 no lost start", skippedOnlyForTheLiving],
  ["G4 bounded delay", boundedDelay],
  ["G4 bounded delay", nothingEarly],
  ["G5 no stuck run", noStuckRun],
  ["G7 isolation", malformedJobsDoNothing],
  ["as the job says", caughtUpAsTold],
  ["as the job says", nothingAfterDeadline],
  ["as the job says", nothingOfDisabledJobs],
  // Whatever happens around it, no part of an agent throws.
  ["no failure", ({ failures }) => failures],
];

export function check(witness: Witness): readonly Violation[] {
  return guarantees.flatMap(([guarantee, judge]) => judge(witness).map((text) => ({ guarantee, text })));
}
