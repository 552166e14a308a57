// The statements of a write command: as a section of their own or inside the body.
import { CommandError } from "../command-error.ts";
import type { Request } from "../request.ts";
import { decode, isDocument, type ValueDocument } from "../values/value.ts";

export function decodeSequence({ body, sequences }: Request, field: string): readonly ValueDocument[] {
  const sequence = sequences.get(field);
  if (sequence !== undefined) return sequence.map(decode);
  const list = Object.hasOwn(body, field) ? body[field] : undefined;
  if (Array.isArray(list) && list.every(isDocument)) return list;
  const command = Object.keys(body)[0] ?? "";
  throw new CommandError(40414, `BSON field '${command}.${field}' is missing but a required field`);
}
