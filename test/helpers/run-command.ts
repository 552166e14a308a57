import { createRunCommand } from "../../src/chain/exec-attempt.ts";
import { systemClock } from "../../src/runtime/clock.ts";

/** Programs see nothing of this process. */
export const runCommand = createRunCommand({ clock: systemClock, environment: {} });
