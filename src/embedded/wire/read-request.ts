// From judged sections to what the engine runs. The documents of an insert stay as they came, wherever they stand.
import { CommandError } from "../command-error.ts";
import type { Request } from "../request.ts";
import { decode, kindOf, type Value, type ValueDocument } from "../values/value.ts";
import { bsonTypes, type Element, elementsOf } from "./judge-bson.ts";

export interface Sections {
  /** The command, judged. */
  readonly body: Buffer;
  /** Judged documents by the name of their section. */
  readonly sequences: ReadonlyMap<string, readonly Buffer[]>;
}

/** The one field of a command that may come as a section of its own. */
const sequenceOf: Readonly<Record<string, string>> = { insert: "documents", update: "updates", delete: "deletes" };

/** Throws CommandError. */
export function readRequest({ body: bytes, sequences }: Sections): Request {
  const elements = [...elementsOf(bytes, 0)];
  const command = elements[0]?.name ?? "";
  judgeNames(command, elements, sequences);
  const inBody = command === "insert" ? elements.find(({ name }) => name === "documents") : undefined;
  const body = decode(inBody === undefined ? bytes : without(bytes, inBody));
  judgeDatabase(body);
  if (inBody === undefined) return { body, sequences };
  return { body, sequences: new Map([["documents", documentsOf(bytes, inBody)]]) };
}

/** An old-style query can say hello and nothing else. */
export function readQueryRequest(bytes: Buffer, db: string): Request {
  const [first] = elementsOf(bytes, 0);
  const command = first?.name ?? "";
  if (!["hello", "isMaster", "ismaster"].includes(command)) {
    throw new CommandError(
      "UnsupportedOpQueryCommand",
      `Unsupported OP_QUERY command: ${command}. The client driver may require an upgrade.`,
    );
  }
  const body: ValueDocument = { ...decode(bytes), $db: db };
  judgeDatabase(body);
  return { body, sequences: new Map() };
}

/** A field given twice has no meaning that everybody agrees on, and decoding would keep only the last. */
function judgeNames(command: string, elements: readonly Element[], sequences: Sections["sequences"]): void {
  const names = new Set<string>();
  for (const { name } of elements) {
    if (names.has(name)) throw new CommandError(40413, `BSON field '${command}.${name}' is a duplicate field`);
    names.add(name);
  }
  for (const name of sequences.keys()) {
    if (names.has(name)) {
      throw new CommandError(40433, `Duplicate field between body and document sequence ${name}`);
    }
    const known = Object.hasOwn(sequenceOf, command) ? sequenceOf[command] : undefined;
    if (name !== known) throw new CommandError(40415, `BSON field '${command}.${name}' is an unknown field.`);
  }
}

function judgeDatabase(body: ValueDocument): void {
  const db = body.$db;
  if (!Object.hasOwn(body, "$db")) throw new CommandError(40571, "OP_MSG requests require a $db argument");
  if (typeof db !== "string") throw new CommandError(13111, `wrong type for field ($db) ${kindOf(db)} != string`);
  if (db === "" || /[/\\. "$\0]/.test(db) || Buffer.byteLength(db) > 63) {
    throw new CommandError("InvalidNamespace", `Invalid database name: '${db}'`);
  }
}

function without(bytes: Buffer, { start, end }: Element): Buffer {
  const rest = Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  rest.writeInt32LE(rest.length);
  return rest;
}

function documentsOf(bytes: Buffer, { type, value }: Element): readonly Buffer[] {
  const given = () => decode(bytes).documents;
  if (type !== bsonTypes.array) throw wrongType("insert.documents", given(), "array");
  return [...elementsOf(bytes, value)].map((element, index) => {
    if (element.type === bsonTypes.document) return bytes.subarray(element.value, element.end);
    throw wrongType(`insert.documents.${index}`, (given() as Value[])[index], "object");
  });
}

function wrongType(path: string, value: Value, expected: string): CommandError {
  return new CommandError(
    "TypeMismatch",
    `BSON field '${path}' is the wrong type '${kindOf(value)}', expected type '${expected}'`,
  );
}
