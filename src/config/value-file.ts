// A file that holds one value, as Docker and Kubernetes mount secrets.
import { readFileSync } from "node:fs";
import { messageOf } from "../errors.ts";

/** The content without its last line end, or why it cannot be read. */
export function readValueFile(file: string): { readonly value: string } | { readonly reason: string } {
  try {
    return { value: readFileSync(file, "utf8").replace(/\r?\n$/, "") };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { reason: reasons[code ?? ""] ?? messageOf(error) };
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
};
