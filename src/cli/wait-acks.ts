// Waiting for agents to acknowledge a command.
import type { Clock } from "../runtime/clock.ts";
import type { AckDocument } from "../store/collections.ts";
import { findCommand } from "../store/commands.ts";
import type { Store } from "../store/connect.ts";
import { type ListedMachine, listMachines } from "../store/machines.ts";

/** How often the database is asked while a person waits, in milliseconds. */
export const lookEveryMs = 200;

export interface Answer {
  readonly machine: ListedMachine;
  /** null: none in time, or it stopped first. */
  readonly ack: AckDocument | null;
  /** From the command to its acknowledgement, by the server's clock. */
  readonly afterMs: number | null;
  /** It stopped while it was waited for: it reads everything anew when it starts. */
  readonly stopped: boolean;
}

export interface AckWait {
  readonly commandId: unknown;
  readonly machines: readonly ListedMachine[];
  readonly timeoutMs: number;
  /** Told of each answer when it is there. */
  readonly onAnswer: (answer: Answer) => void;
}

/** One answer for each machine, in the order they came; those that stayed silent last. */
export async function waitAcks(store: Store, clock: Clock, wait: AckWait): Promise<readonly Answer[]> {
  const endAt = clock.monotonic() + wait.timeoutMs;
  const answers: Answer[] = [];
  let silent = wait.machines;
  for (;;) {
    const isLastLook = clock.monotonic() >= endAt;
    const found = await look(store, wait.commandId, silent);
    for (const answer of found) {
      answers.push(answer);
      wait.onAnswer(answer);
    }
    const answered = new Set(found.map(({ machine }) => machine.machine_id));
    silent = silent.filter(({ machine_id }) => !answered.has(machine_id));
    if (silent.length === 0 || isLastLook) break;
    await clock.sleep(lookEveryMs);
  }
  return [...answers, ...silent.map((machine) => ({ machine, ack: null, afterMs: null, stopped: false }))];
}

async function look(store: Store, commandId: unknown, silent: readonly ListedMachine[]): Promise<readonly Answer[]> {
  const [command, machines] = await Promise.all([findCommand(store, commandId), listMachines(store)]);
  const sentAt = command?.created_at instanceof Date ? command.created_at.getTime() : null;
  const acks = new Map(command?.acks.map((ack) => [ack.machine_id, ack]));
  const running = new Set(machines.filter(({ state }) => state !== "stopped").map(({ machine_id }) => machine_id));
  return silent.flatMap((machine): readonly Answer[] => {
    const ack = acks.get(machine.machine_id);
    if (ack !== undefined) {
      const at = ack.at instanceof Date ? ack.at.getTime() : null;
      // The acknowledgement is dated before it is written, so two clocks of a set may differ by a little.
      const afterMs = at === null || sentAt === null ? null : Math.max(0, at - sentAt);
      return [{ machine, ack, afterMs, stopped: false }];
    }
    return running.has(machine.machine_id) ? [] : [{ machine, ack: null, afterMs: null, stopped: true }];
  });
}
