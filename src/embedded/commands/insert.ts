// insert. The bytes that came are the bytes that are kept, unless `_id` is missing or not the first field.
import { Int32, ObjectId, Timestamp } from "bson";
import { CommandError } from "../command-error.ts";
import type { Request } from "../request.ts";
import { decode, encode, setField, type Value, type ValueDocument } from "../values/value.ts";
import { readArguments } from "./arguments.ts";
import { type Command, collectionOf, done, ensureCollection } from "./command.ts";
import { judgeSize, judgeStorable } from "./storable.ts";
import { judgeCount, writeEach } from "./write-errors.ts";

const insertArguments = {
  documents: "ignored",
  ordered: "bool",
  bypassDocumentValidation: "ignored",
} as const;

export const insertCommand: Command = {
  names: ["insert"],
  writes: true,
  run(context, request) {
    const { ordered = true } = readArguments(request.body, insertArguments, { where: "insert" });
    const target = collectionOf(context, request.body);
    const documents = documentsOf(request);
    judgeCount(documents.length);
    const collection = ensureCollection(context, target);
    let n = 0;
    const writeErrors = writeEach(documents, ordered, (bytes) => {
      const made = newDocument(context.now, bytes);
      context.server.storage.insert(collection, made.document, made.bytes);
      n++;
    });
    return done({ n: new Int32(n), ...(writeErrors.length > 0 ? { writeErrors } : {}) });
  },
};

function documentsOf({ sequences }: Request): readonly Uint8Array[] {
  const documents = sequences.get("documents");
  if (documents !== undefined) return documents;
  throw new CommandError(40414, "BSON field 'insert.documents' is missing but a required field");
}

interface NewDocument {
  readonly document: ValueDocument;
  readonly bytes: Uint8Array;
}

/** `_id` comes first, and an empty timestamp at the top becomes the server's time. */
function newDocument(now: Date, bytes: Uint8Array): NewDocument {
  judgeSize(bytes, "BSONObjectTooLarge");
  const document = decode(bytes);
  judgeStorable(document);
  const empty = Object.keys(document).filter((field) => field !== "_id" && isEmptyTimestamp(document[field]));
  if (Object.keys(document)[0] === "_id" && empty.length === 0) return { document, bytes };
  const { _id = new ObjectId(), ...rest } = document;
  const made: ValueDocument = { _id, ...rest };
  for (const [at, field] of empty.entries()) {
    setField(made, field, new Timestamp({ t: Math.floor(now.getTime() / 1_000), i: at + 1 }));
  }
  return { document: made, bytes: encode(made) };
}

const isEmptyTimestamp = (value: Value): boolean => value instanceof Timestamp && value.isZero();
