import assert from "node:assert/strict";
import { test } from "node:test";
import { createMasker } from "../../src/chain/masking.ts";
import { cutText, sampleOf } from "../../src/chain/response-sample.ts";
import { everydayEncodings } from "../helpers/everyday-encodings.ts";

const value = `p@ss/w+ rd"'\\&é<=😀>!`;
const masker = createMasker(new Map([["KEY", { value, hosts: null }]]));

const base64 = (text: string) => Buffer.from(text).toString("base64");

const forms: readonly [string, string][] = [
  ...Object.entries(everydayEncodings).map(([name, encode]): [string, string] => [name, encode(value)]),
  ["url query as the URL parser writes it", new URL(`http://h/?${encodeURIComponent(value)}`).search.slice(1)],
  ["JSON with escaped slashes", JSON.stringify(value).slice(1, -1).replaceAll("/", "\\/")],
  ["Python bytes", `p@ss/w+ rd"\\'\\\\&\\xc3\\xa9<=\\xf0\\x9f\\x98\\x80>!`],
  ["Latin-1 bytes read as UTF-8", Buffer.from(value, "latin1").toString()],
  ["JSON, in hexadecimal", Buffer.from(JSON.stringify(value).slice(1, -1)).toString("hex")],
  ["percent-encoded, in hexadecimal", Buffer.from(encodeURIComponent(value)).toString("hex")],
  ["Latin-1, percent-encoded", encodeURIComponent(value).replace("%C3%A9", "%E9")],
];

for (const [name, text] of forms) {
  test(`the ${name} form of a secret is masked`, () => {
    assert.equal(masker(`before ${text} after`), "before {{KEY}} after");
  });
}

test("a value that looks escaped itself is masked raw and in every encoding", () => {
  const odd = "100%25\\u0041&amp;%zz&#x41;%F5\\";
  const mask = createMasker(new Map([["ODD", { value: odd, hosts: null }]]));
  for (const [name, encode] of Object.entries(everydayEncodings)) {
    assert.match(mask(`before ${encode(odd)} after`), /^before \{\{ODD\}\}=* after$/, name);
  }
});

test("a backslash that is percent-encoded does not meet one of the JSON around it", () => {
  const mask = createMasker(new Map([["KEY", { value: "pass\\ word", hosts: null }]]));
  for (const text of ["pass%5C+word", "pass%5C\\u002Bword", "pass%5C\\\\u002Bword"])
    assert.equal(mask(text), "{{KEY}}");
});

test("what only looks escaped is left as it is", () => {
  const text = "100% of %zz &nosuch; &#xFFFFFFFF; &#; &; \\q \\u12 %F8%80%80%80 %ED%A0%80 & \\";
  assert.equal(masker(text), text);
});

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

test("a secret that is cut where it looks escaped itself keeps nothing of it", () => {
  const odd = "ab&secret%41\\u00e9";
  const mask = createMasker(new Map([["ODD", { value: odd, hosts: null }]]));
  for (let length = 4; length <= odd.length; length++)
    assert.equal(mask(`x ${odd.slice(0, length)}`, { cut: true }), "x {{ODD}}");
});

test("a text that was cut inside an escape of a secret keeps nothing of the secret", () => {
  for (const [name, encode] of Object.entries(everydayEncodings)) {
    const whole = encode(value);
    for (let length = encode(value.slice(0, 4)).length; length < whole.length; length++) {
      assert.equal(masker(`x ${whole.slice(0, length)}`, { cut: true }), "x {{KEY}}", `${name}, ${length} characters`);
    }
  }
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
