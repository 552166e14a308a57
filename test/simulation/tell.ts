// Commands and replies in words, for the story of a world.
import { BSON, type Document } from "mongodb";
import type { Message } from "./message.ts";
import { untyped } from "./typed-values.ts";

export function tellMessage({ command, collection, body: sent, documents }: Message): string {
  const body = untyped(sent);
  const what = command === "hello" ? "" : ` ${collection}`;
  const parts = (documents ?? []).map((document) => tellDocument(BSON.deserialize(document)));
  for (const { q, u } of body.updates ?? []) parts.push(`${tellValue(q)} → ${tellUpdate(u)}`);
  for (const { q } of body.deletes ?? []) parts.push(tellValue(q));
  if (command === "find") parts.push(tellValue(body.filter));
  if (command === "findAndModify") parts.push(`${tellValue(body.query)} → ${tellUpdate(body.update)}`);
  return cut(`${command}${what}${parts.length > 0 ? ` ${parts.join("; ")}` : ""}`);
}

export function tellReply(reply: Document): string {
  if (reply.ok !== 1) return `error ${reply.code} ${reply.codeName}`;
  const errors = (reply.writeErrors ?? []).map(
    ({ index, code, keyPattern }: Document) => `${index}: ${code} on ${Object.keys(keyPattern ?? {}).join()}`,
  );
  const parts = [
    reply.n === undefined ? "" : `n ${reply.n}`,
    errors.length > 0 ? `refused ${errors.join(", ")}` : "",
    reply.cursor === undefined ? "" : `${reply.cursor.firstBatch.length} documents`,
    reply.value === undefined ? "" : reply.value === null ? "nothing" : "a document",
    reply.writeConcernError === undefined ? "" : "majority not confirmed",
  ];
  return `ok ${parts.filter((part) => part !== "").join(", ")}`.trim();
}

function tellDocument({ _id, status, claim_id, reason }: Document): string {
  return [String(_id), status, claim_id, reason].filter((part) => part !== undefined && part !== null).join(" ");
}

function tellUpdate(update: Document): string {
  return Object.entries(update ?? {})
    .map(([operator, fields]) => {
      const told = Object.entries(fields as Document).map(([field, value]) => {
        if (field.startsWith("steps.") && typeof value === "object")
          return `${field}: ${value?.status} after ${value?.attempts}`;
        return ["string", "number"].includes(typeof value) ? `${field}: ${value}` : field;
      });
      return `${operator} {${told.join(", ")}}`;
    })
    .join(" ");
}

function tellValue(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

function cut(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
