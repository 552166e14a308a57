import assert from "node:assert/strict";
import { test } from "node:test";
import { createMasker } from "../../src/chain/masking.ts";
import { cutText, sampleOf } from "../../src/chain/response-sample.ts";

const value = `p@ss/w+ rd"'\\&é`;
const masker = createMasker(new Map([["KEY", { value, hosts: null }]]));

const base64 = (text: string) => Buffer.from(text).toString("base64");

const forms: readonly [string, string][] = [
  ["raw", value],
  ["encodeURIComponent", encodeURIComponent(value)],
  ["lower-case hex", encodeURIComponent(value).replace(/%../g, (hex) => hex.toLowerCase())],
  ["form-encoded", new URLSearchParams({ k: value }).toString().slice(2)],
  ["url query as the URL parser writes it", new URL(`http://h/?${encodeURIComponent(value)}`).search.slice(1)],
  ["JSON", JSON.stringify(value).slice(1, -1)],
  ["JSON in JSON", JSON.stringify(JSON.stringify(value)).slice(3, -3)],
  ["JSON with escaped slashes", JSON.stringify(value).slice(1, -1).replaceAll("/", "\\/")],
  ["JSON in ASCII", JSON.stringify(value).slice(1, -1).replaceAll("é", "\\u00e9")],
  ["HTML", "p@ss/w+ rd&quot;&#39;\\&amp;é"],
  ["Latin-1 bytes read as UTF-8", value.replace("é", "\ufffd")],
];

for (const [name, text] of forms) {
  test(`the ${name} form of a secret is masked`, () => {
    assert.equal(masker(`before ${text} after`), "before {{KEY}} after");
  });
}

test("base64 and base64url forms are masked at every alignment", () => {
  for (const lead of ["", "u", "us", "use", "user:"]) {
    for (const tail of ["", "t", "ta", "tail"]) {
      const encoded = base64(lead + value + tail);
      for (const text of [encoded, encoded.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")]) {
        const masked = masker(text);
        assert.match(masked, /^[\w+/-]*\{\{KEY\}\}[\w+/-]*=*$/, text);
        const decodable = Buffer.from(masked.replace("{{KEY}}", " "), "base64").toString("latin1");
        assert.ok(!decodable.includes("p@s"), text);
      }
    }
  }
});

test("a secret that became part of a host name is masked in lower case too", () => {
  const mask = createMasker(new Map([["TENANT", { value: "AcmeCorp7", hosts: null }]]));
  assert.equal(mask(new URL("https://AcmeCorp7.example.com").host), "{{TENANT}}.example.com");
});

test("short secrets are left alone, empty ones do no harm", () => {
  const mask = createMasker(
    new Map([
      ["A", { value: "abc", hosts: null }],
      ["B", { value: "", hosts: null }],
    ]),
  );
  assert.equal(mask("abc abc"), "abc abc");
});

test("the longest secret wins and overlapping ones leave no rest", () => {
  const mask = createMasker(
    new Map([
      ["SHORT", { value: "abcdef", hosts: null }],
      ["LONG", { value: "abcdefgh", hosts: null }],
      ["NEXT", { value: "ghijkl", hosts: null }],
    ]),
  );
  assert.equal(mask("abcdefgh"), "{{LONG}}");
  assert.equal(mask("abcdef"), "{{SHORT}}");
  assert.equal(mask("abcdefghijkl."), "{{LONG}}{{NEXT}}.");
});

test("a text that was cut inside a secret does not keep the secret's first part", () => {
  const mask = createMasker(
    new Map([
      ["KEY", { value: "correct horse battery", hosts: null }],
      ["INNER", { value: "horse", hosts: null }],
    ]),
  );
  assert.equal(mask("x correct horse bat", { cut: true }), "x {{KEY}}");
  assert.equal(mask("x corr", { cut: true }), "x {{KEY}}");
  assert.equal(mask("x cor", { cut: true }), "x cor");
  assert.equal(mask("x corr", { cut: false }), "x corr");
});

test("a sample is masked before it is cut, so no half secret stays at its end", () => {
  const filler = "a".repeat(1990);
  const result = { statusCode: 200, elapsedMs: 1, error: null, retryAfterMs: null };
  const sample = sampleOf({ ...result, sample: `${filler}${value}tail`, truncated: false }, masker);
  assert.equal(sample.responseSample, `${filler}{{KEY}}tai`);
  assert.equal(sample.responseTruncated, true);
});

test("a text is never cut inside a surrogate pair", () => {
  assert.equal(cutText("ab😀", 3), "ab");
  assert.equal(cutText("ab😀", 4), "ab😀");
});
