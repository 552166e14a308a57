// Regular expressions as PCRE reads them. What matches and what does not is what a real mongod 6.0.5 said.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compilePattern } from "../../../src/embedded/query/pattern.ts";

type Texts = readonly string[];
type Row = readonly [title: string, pattern: string, options: string, matching: Texts, others: Texts];

const rows: readonly Row[] = [
  ["$ is the end or a newline that ends the text", "a$", "", ["a", "a\n"], ["a\nb", "a\n\n", "ab"]],
  ["\\z is the end alone", "a\\z", "", ["a"], ["a\n"]],
  ["\\A and \\Z", "\\Aa\\Z", "m", ["a", "a\n"], ["b\na"]],
  ["with m, $ is before every newline, and only \\n is one", "a$", "m", ["a\nb"], ["a\rb", "a\u2028b"]],
  ["with m, ^ is behind a newline, unless that ends the text", "^$", "m", ["a\n\nb", "\n", ""], ["a\n", "a"]],
  ["a point is anything but \\n", "^a.b$", "", ["a\rb", "a\u2028b", "a😀b"], ["a\nb"]],
  ["with s, a point is anything", "^a.b$", "s", ["a\nb", "a😀b"], ["ab"]],
  ["x leaves out blanks and comments", "a b # c\n[ ]d", "x", ["ab d"], ["abd", "a b d"]],
  ["i knows the letters of other languages", "^straße é$", "i", ["STRAßE É", "straße é"], ["strasse é"]],
  ["i knows the Kelvin sign and the long s", "^[j-l]s$", "i", ["\u212a\u017f", "KS"], ["m"]],
  ["\\w is ASCII, also with i", "^\\w+$", "i", ["aZ_9"], ["é", "\u212a"]],
  ["\\s is ASCII", "^\\s$", "", [" ", "\t", "\u000b"], ["\u00a0", "\u2028"]],
  ["\\b goes by ASCII", "a\\b", "", ["aé", "a b"], ["ab"]],
  ["\\h and \\v", "^\\h\\v$", "", [" \n", "\u00a0\u2028"], ["\n "]],
  ["classes", "^[]a\\-\\]x-z[:digit:]]+$", "", ["]a-yz", "5", "-"], ["b"]],
  ["negated classes", "^[^\\d\\W]$", "", ["a", "_"], ["5", "-"]],
  ["POSIX classes", "^[[:alpha:][:^alnum:]]$", "", ["a", "-"], ["5"]],
  ["a bracket, a brace and a comma are themselves", "^]{,2}{a}$", "", ["]{,2}{a}"], ["]]{a}"]],
  ["doubled marks in a class mean nothing", "^[a&&b~~c]+$", "", ["a&~", "c"], ["d"]],
  ["\\Q and \\E", "^\\Qa.b*\\E+$", "", ["a.b*", "a.b**"], ["axb"]],
  ["numbers of characters", "^\\x41\\x{1F600}\\0$", "", ["A😀\u0000"], ["A"]],
  ["properties of characters", "^\\p{Lu}\\P{L}\\pN$", "", ["É-5"], ["é-5", "Éa5"]],
  ["flags in front", "(?i)(?s)^a.b$", "", ["A\nB", "a\nb"], []],
  ["flags of a group", "^(?i:a)b(?-i:c)$", "", ["Abc"], ["abC", "aBc"]],
  ["flags taken back", "(?-i)^a$", "i", ["a"], ["A"]],
  ["named groups", "^(?<x>a)(?P<y>b)(?'z'c)$", "", ["abc"], ["ab"]],
  ["comments", "^a(?#any (text)+$", "", ["a", "aaa"], []],
  ["lookaround", "(?<=a)b(?=c)(?!cd)", "", ["abc"], ["abcd", "bc"]],
  ["lazy and counted repetition", "^a{2,3}?b{1,}c{2}$", "", ["aabcc", "aaabbcc"], ["abcc"]],
  ["alternatives, also empty ones", "^(a|b|)$", "", ["a", ""], ["ab"]],
];

describe("patterns", () => {
  for (const [title, pattern, options, matching, others] of rows) {
    test(title, () => {
      const compiled = compilePattern(pattern, options);
      const matched = [...matching, ...others].filter((text) => compiled.test(text));
      assert.deepEqual(matched, matching);
    });
  }
});
