// fleetcron doctor: prints what was found.
import { exitCodes } from "../../errors.ts";
import type { Cli } from "../cli.ts";
import type { Output } from "../output.ts";
import { printable } from "../render-text.ts";
import { examine, type Found } from "./examine.ts";

const marks = { ok: "✓", warning: "!", failed: "✗" } as const;
const styles = { ok: "green", warning: "yellow", failed: "red" } as const;

export async function doctorCommand(cli: Cli, { json }: { json?: boolean }): Promise<void> {
  const { found, notChecked } = await examine(cli);
  if (json === true) cli.output.json([...found, ...notChecked.map((check) => ({ check, verdict: "not_checked" }))]);
  else {
    for (const one of found) print(cli.output, one);
    if (notChecked.length > 0) cli.output.note(`not checked: ${notChecked.join(", ")}`);
  }
  if (found.some(({ verdict }) => verdict === "failed")) cli.exitWith(exitCodes.failed);
}

function print(output: Output, { check, verdict, text, mend }: Found): void {
  output.data(`${output.paint(styles[verdict], marks[verdict])} ${check.padEnd(11)} ${printable(text)}`);
  if (mend !== null) output.data(`${" ".repeat(14)}→ ${printable(mend)}`);
}
