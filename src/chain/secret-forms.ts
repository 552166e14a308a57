// How a secret may come back from a target, escapes aside: those are undone in the text that is searched.
import { shortestMasked } from "../model/secret.ts";
import { type Layer, unescapeLayer } from "./unescape.ts";

/** Every way in which a value may be written as a whole; all at least 4 characters long. */
export function secretForms(value: string): readonly string[] {
  if (value.length < shortestMasked) return [];
  const text = value.toWellFormed();
  // Headers carry Latin-1: an echo read as UTF-8 shows its bytes as replacement characters.
  const latin1 = Buffer.from(text, "latin1");
  const forms = [
    ...unescapedForms(text),
    // In a form, where a plus sign itself is escaped.
    ...unescapedForms(text.replaceAll(" ", "+")),
    // As part of a host name it comes back in lower case, in our own messages too.
    text.toLowerCase(),
    latin1.toString(),
    ...[...carriedForms(text).map((form) => Buffer.from(form)), latin1].flatMap((bytes) => [
      ...base64Forms(bytes),
      ...hexForms(bytes),
    ]),
  ];
  return [...new Set(forms)].filter((form) => form.length >= shortestMasked);
}

/** A value that holds what looks like escapes loses them together with those that an encoder added. */
function unescapedForms(value: string): readonly string[] {
  const forms: string[] = [];
  for (let layer: Layer | null = { text: value, origins: null }; layer !== null; layer = unescapeLayer(layer)) {
    forms.push(layer.text);
  }
  return forms;
}

/** What filters make of it, in a header, a JSON body, a url and a form: a target may encode its whole request anew. */
function carriedForms(value: string): readonly string[] {
  const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
  const inForm = (text: string) => new URLSearchParams([["", text]]).toString().slice(1);
  const filtered = [value, inJson(value), encodeURIComponent(value)];
  return [...new Set(filtered.flatMap((text) => [text, inJson(text), encodeURIComponent(text), inForm(text)]))];
}

/** The characters that the bytes alone decide, at each of the three places where they can fall in a longer base64. */
function base64Forms(bytes: Buffer): readonly string[] {
  const forms = [0, 1, 2].map((lead) => {
    const encoded = Buffer.concat([Buffer.alloc(lead), bytes]).toString("base64");
    return encoded.slice(Math.ceil((lead * 8) / 6), Math.floor(((lead + bytes.length) * 8) / 6));
  });
  return forms.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

function hexForms(bytes: Buffer): readonly string[] {
  const hex = bytes.toString("hex");
  return [hex, hex.toUpperCase()];
}
