// How a secret may look where it must not be. Made without the program's own masking, which is what is tested with it.
import assert from "node:assert/strict";
import { everydayEncodings } from "./everyday-encodings.ts";

/** The value in every everyday encoding, each also as it stands inside a JSON text. */
export function secretForms(value: string): readonly string[] {
  const strict = encodeURIComponent(value).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
  const encoded = Object.entries(everydayEncodings)
    .filter(([name]) => !name.startsWith("base64"))
    .map(([, encode]) => encode(value));
  const plain = [...encoded, encodeURI(value), strict, strict.toLowerCase(), ...base64Cores(value)];
  return [...new Set(plain.flatMap((form) => [form, inJson(form), inJson(inJson(form))]))];
}

/** The bytes of a longer base64 text that hold nothing but the value, for each of the three places it can begin at. */
function base64Cores(value: string): readonly string[] {
  return ["", "-", "--"].flatMap((lead) => {
    const text = Buffer.from(`${lead}${value}`).toString("base64").replace(/=+$/, "");
    // The first group holds bits of the lead, the last characters may hold bits of what follows.
    const core = text.slice(lead === "" ? 0 : 4, -2);
    return [
      core,
      core.replaceAll("+", "-").replaceAll("/", "_"),
      core.replaceAll("/", "\\/"),
      encodeURIComponent(core),
    ];
  });
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Fails when any form of any of the secrets is in the text, or in the bytes that a text of Latin-1 stands for. */
export function assertNoSecret(text: string, secrets: Readonly<Record<string, string>>, where: string): void {
  for (const [key, value] of Object.entries(secrets)) {
    for (const form of secretForms(value)) {
      for (const wanted of new Set([form, Buffer.from(form).toString("latin1")])) {
        const at = text.indexOf(wanted);
        assert.equal(at, -1, `${where}: ${key} as ${wanted}: …${text.slice(Math.max(0, at - 100), at + 100)}…`);
      }
    }
  }
}
