// A scrape as Prometheus does it, and what it says.
import assert from "node:assert/strict";
import type { ProgramProcess } from "../helpers/agent-process.ts";

/** Every series of a page in the text format, `name{label="value"}`, with its value. */
export async function scrape(url: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${url}/metrics`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

export async function readPage(url: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}

/** Where an agent says in its log that its metrics are. */
export function servedAt({ stderr }: ProgramProcess): string {
  const lines = stderr.split("\n").filter((line) => line.includes("metrics served"));
  assert.equal(lines.length, 1);
  return JSON.parse(lines[0] ?? "").url;
}
