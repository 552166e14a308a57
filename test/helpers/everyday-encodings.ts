// How servers write what they were sent: each as the encoder of a language or a framework does it by default.

type Encode = (text: string) => string;

export const everydayEncodings: Readonly<Record<string, Encode>> = {
  raw: (text) => text,
  "percent-encoded": (text) => encodeURIComponent(text),
  "percent-encoded in lower case": (text) => encodeURIComponent(text).replace(/%../g, (hex) => hex.toLowerCase()),
  "percent-encoded twice, as in a login's ?next=": (text) => encodeURIComponent(encodeURIComponent(text)),
  "percent-encoded byte by byte": (text) => hexOf(text).replace(/../g, (hex) => `%${hex}`),
  "a form's field": (text) => new URLSearchParams([["", text]]).toString().slice(1),
  JSON: inJson,
  "JSON in JSON": (text) => inJson(inJson(text)),
  "JSON in JSON in JSON": (text) => inJson(inJson(inJson(text))),
  "JSON of Python": (text) => escapeUnits(inJson(text), /[\x7f-\uffff]/g),
  "JSON of PHP": (text) => escapeUnits(inJson(text).replaceAll("/", "\\/"), /[\x7f-\uffff]/g),
  "JSON of Go": (text) => escapeUnits(inJson(text), /[<>&\u2028\u2029]/g),
  "JSON of Gson": (text) => escapeUnits(inJson(text), /[<>&='\u2028\u2029]/g),
  "JSON of .NET": (text) => inJson(text).replace(/\\"|[&'<>+`\x7f-\uffff]/g, (char) => escapeUpper(char.slice(-1))),
  "HTML of PHP": (text) => escapeHtml(text, { '"': "&quot;", "'": "&#039;" }),
  "HTML of Go": (text) => escapeHtml(text, { '"': "&#34;", "'": "&#39;", "+": "&#43;" }),
  "HTML of Python": (text) => escapeHtml(text, { '"': "&quot;", "'": "&#x27;" }),
  "HTML of Handlebars": (text) => escapeHtml(text, { '"': "&quot;", "'": "&#x27;", "`": "&#x60;", "=": "&#x3D;" }),
  XML: (text) => escapeHtml(text, { '"': "&quot;", "'": "&apos;" }),
  "JSON in HTML": (text) => escapeHtml(inJson(text), { '"': "&quot;", "'": "&#39;" }),
  "HTML in JSON": (text) => inJson(escapeHtml(text, { '"': "&quot;", "'": "&#39;" })),
  base64: (text) => Buffer.from(text).toString("base64"),
  base64url: (text) => Buffer.from(text).toString("base64url"),
  "base64 in JSON of PHP": (text) => Buffer.from(text).toString("base64").replaceAll("/", "\\/"),
  "base64, percent-encoded": (text) => encodeURIComponent(Buffer.from(text).toString("base64")),
  hexadecimal: hexOf,
  "hexadecimal in upper case": (text) => hexOf(text).toUpperCase(),
};

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function hexOf(text: string): string {
  return Buffer.from(text).toString("hex");
}

function escapeUnits(text: string, units: RegExp): string {
  return text.replace(units, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function escapeUpper(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function escapeHtml(text: string, others: Readonly<Record<string, string>>): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", ...others };
  return text.replace(/[&<>"'+`=]/g, (char) => entities[char] ?? char);
}
