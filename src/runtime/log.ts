// The one logger. Every line passes `mask` as text before it leaves the process, so no field can carry a secret out.
import type { Writable } from "node:stream";
import { type Logger, pino } from "pino";
import { prettyFactory } from "pino-pretty";
import { printableJson } from "./printable.ts";

export type Log = Logger;

export interface LogOptions {
  readonly level: string;
  /** "auto": pretty on a terminal, JSON lines else. */
  readonly format: "auto" | "json" | "pretty";
  readonly stream: Writable & { isTTY?: boolean };
  /** Of pretty lines. */
  readonly coloured: boolean;
  /** Read at each line, so that reloaded secrets are masked from the next line on. */
  readonly mask: (line: string) => string;
}

export function createLog({ level, format, stream, coloured, mask }: LogOptions): Log {
  const isPretty = format === "pretty" || (format === "auto" && stream.isTTY === true);
  const render = isPretty ? prettyLine(coloured, mask) : (line: string) => line;
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => void stream.write(mask(render(line))) },
  );
}

/** Masked also before: a secret with what a terminal does not show would look like another text afterwards. */
function prettyLine(coloured: boolean, mask: LogOptions["mask"]): (line: string) => string {
  const pretty = prettyFactory({ colorize: coloured, translateTime: "SYS:HH:MM:ss.l", singleLine: true });
  return (line) => pretty(printableJson(mask(line)));
}
