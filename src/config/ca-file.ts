// The file of certificates that are trusted beside those of the system.
import { X509Certificate } from "node:crypto";
import { statSync } from "node:fs";
import { type ConfigProblem, expected } from "./problem.ts";
import { readValueFile } from "./value-file.ts";

const path = ["tls", "ca_file"];

/** The file's certificates in PEM form, or what a person must mend. */
export function readCaFile(file: string): { readonly ca: string } | ConfigProblem {
  const content = readValueFile(file);
  if ("reason" in content) {
    const text = `expected a readable file, got ${JSON.stringify(file)} (${content.reason})`;
    return { path, text };
  }
  const blocks = content.value.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  const broken = blocks.findIndex((block) => !isCertificate(block));
  if (blocks.length === 0) return expected(path, "a file with certificates in PEM form", file);
  if (broken !== -1) {
    const got = `got one whose certificate ${broken + 1} cannot be read`;
    return { path, text: `expected a file with certificates in PEM form, ${got}` };
  }
  // Whoever may write it decides which servers get our secrets.
  const mode = statSync(file).mode & 0o777;
  if (process.platform !== "win32" && (mode & 0o002) !== 0) {
    const text = `expected a file that not everybody can write, got mode ${mode.toString(8).padStart(4, "0")}`;
    return { path, text };
  }
  return { ca: blocks.join("\n") };
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
