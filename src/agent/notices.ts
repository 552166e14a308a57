// What this process knows of incidents, so that nothing is asked of the database about runs that concern none.
import type { Job } from "../model/job.ts";
import type { Notice } from "../model/notify.ts";
import { idTextOf } from "../model/plain-value.ts";
import type { IncidentDocument } from "../store/collections.ts";
import { Nudge } from "./nudge.ts";

export class Notices {
  /** Makes the next round come at once. */
  readonly nudge = new Nudge();
  #inTrouble: ReadonlySet<string> = new Set();

  /** As the database had it a round ago. A wrong guess costs time only: every round looks at all open incidents. */
  note(unsettled: readonly IncidentDocument[]): void {
    const open = unsettled.filter(({ state, machine_id }) => state === "open" && machine_id === undefined);
    this.#inTrouble = new Set(open.map(({ job_id }) => idTextOf(job_id) ?? ""));
  }

  /** Whoever ended a run tells of it: at once where there is something to tell, or trouble that may be over. */
  runEnded(job: Pick<Job, "idText">, notice: Notice | null): void {
    if (notice !== null || this.#inTrouble.has(job.idText)) this.nudge.now();
  }
}
