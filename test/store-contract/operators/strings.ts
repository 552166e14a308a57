import { expressionTable } from "./expression-table.ts";

export const strings = expressionTable("string expressions", {
  $concat: [
    [{ $concat: ["$text", "!", ""] }, '"Hello World!"'],
    [{ $concat: ["$text", null] }, "null"],
    [{ $concat: ["$text", "$missing"] }, "null"],
    [{ $concat: ["$text", 1] }, "refused 16702"],
    [{ $concat: [] }, '""'],
  ],
  $indexOfBytes: [
    [{ $indexOfBytes: ["$text", "o"] }, "4"],
    [{ $indexOfBytes: ["$unicode", "t"] }, "5"],
    [{ $indexOfBytes: ["$text", "o", 5] }, "7"],
    [{ $indexOfBytes: ["$nothing", "o"] }, "null"],
  ],
  $indexOfCP: [
    [{ $indexOfCP: ["$unicode", "t"] }, "4"],
    [{ $indexOfCP: ["$text", "z"] }, "-1"],
    [{ $indexOfCP: ["$text", "o", 5, 6] }, "-1"],
    [{ $indexOfCP: [5, "o"] }, "refused 40093"],
  ],
  $ltrim: [
    [{ $ltrim: { input: "  a b " } }, '"a b "'],
    [{ $ltrim: { input: "xyab", chars: "yx" } }, '"ab"'],
    [{ $ltrim: { input: "$nothing" } }, "null"],
  ],
  $regexFind: [
    [{ $regexFind: { input: "$text", regex: /(w)(o)/i } }, '{ match: "Wo", idx: 6, captures: ["W", "o"] }'],
    [{ $regexFind: { input: "$text", regex: "WOR", options: "i" } }, '{ match: "Wor", idx: 6, captures: [] }'],
    [{ $regexFind: { input: "$text", regex: "zzz" } }, "null"],
    [{ $regexFind: { input: "$nothing", regex: "a" } }, "null"],
    [{ $regexFind: { input: "$int", regex: "a" } }, "refused 51104"],
  ],
  $regexFindAll: [
    [
      { $regexFindAll: { input: "$text", regex: "o" } },
      '[{ match: "o", idx: 4, captures: [] }, { match: "o", idx: 7, captures: [] }]',
    ],
    [{ $regexFindAll: { input: "$text", regex: "zzz" } }, "[]"],
    [{ $regexFindAll: { input: "$nothing", regex: "o" } }, "[]"],
  ],
  $regexMatch: [
    [{ $regexMatch: { input: "$text", regex: /^hello/i } }, "true"],
    [{ $regexMatch: { input: "$text", regex: "^world" } }, "false"],
    [{ $regexMatch: { input: "$nothing", regex: "a" } }, "false"],
    [{ $regexMatch: { input: "$text", regex: "(" } }, "refused 51111"],
    [{ $regexMatch: { input: "$text", regex: "a", options: "q" } }, "refused 51108"],
  ],
  $replaceAll: [
    [{ $replaceAll: { input: "$text", find: "l", replacement: "L" } }, '"HeLLo WorLd"'],
    [{ $replaceAll: { input: "a.b.c", find: ".", replacement: { $literal: "$&" } } }, '"a$&b$&c"'],
    [{ $replaceAll: { input: "$nothing", find: "l", replacement: "L" } }, "null"],
  ],
  $replaceOne: [
    [{ $replaceOne: { input: "$text", find: "l", replacement: "L" } }, '"HeLlo World"'],
    [{ $replaceOne: { input: "a.b", find: ".", replacement: { $literal: "$&" } } }, '"a$&b"'],
    [{ $replaceOne: { input: "$int", find: "l", replacement: "L" } }, "refused 51746"],
  ],
  $rtrim: [
    [{ $rtrim: { input: "  a b " } }, '"  a b"'],
    [{ $rtrim: { input: "abxy", chars: "yx" } }, '"ab"'],
  ],
  $split: [
    [{ $split: ["$text", " "] }, '["Hello", "World"]'],
    [{ $split: ["$text", "zz"] }, '["Hello World"]'],
    [{ $split: ["a--b", "-"] }, '["a", "", "b"]'],
    [{ $split: ["$nothing", " "] }, "null"],
    [{ $split: ["$text", ""] }, "refused 40087"],
  ],
  $strcasecmp: [
    [{ $strcasecmp: ["$text", "HELLO WORLD"] }, "0"],
    [{ $strcasecmp: ["a", "B"] }, "-1"],
    [{ $strcasecmp: [null, "a"] }, "-1"],
  ],
  $strLenBytes: [
    [{ $strLenBytes: "$unicode" }, "11"],
    [{ $strLenBytes: "$nothing" }, "refused 34473"],
  ],
  $strLenCP: [
    [{ $strLenCP: "$unicode" }, "9"],
    [{ $strLenCP: "😀" }, "1"],
    [{ $strLenCP: "$int" }, "refused 34471"],
  ],
  $substr: [
    [{ $substr: ["$text", 0, 4] }, '"Hell"'],
    [{ $substr: ["$text", 6, -1] }, '"World"'],
    [{ $substr: ["$int", 0, 1] }, '"7"'],
  ],
  $substrBytes: [
    [{ $substrBytes: ["$text", 6, 5] }, '"World"'],
    [{ $substrBytes: ["$unicode", 4, 1] }, "refused 28656"],
    [{ $substrBytes: ["$nothing", 0, 1] }, '""'],
  ],
  $substrCP: [
    [{ $substrCP: ["$unicode", 3, 2] }, '"ét"'],
    [{ $substrCP: ["😀a", 1, 1] }, '"a"'],
    [{ $substrCP: ["$nothing", 0, 1] }, '""'],
    [{ $substrCP: ["$text", -1, 1] }, "refused 34455"],
  ],
  $toLower: [
    [{ $toLower: "$text" }, '"hello world"'],
    [{ $toLower: "ÉA" }, '"Éa"'],
    [{ $toLower: "$nothing" }, '""'],
    [{ $toLower: "$int" }, '"7"'],
  ],
  $toUpper: [
    [{ $toUpper: "$unicode" }, '"CAFéTIèRE"'],
    [{ $toUpper: "$missing" }, '""'],
    [{ $toUpper: "$date" }, '"2024-03-15T13:45:30.250Z"'],
  ],
  $trim: [
    [{ $trim: { input: " \t a b \n" } }, '"a b"'],
    [{ $trim: { input: "xxaxx", chars: "x" } }, '"a"'],
    [{ $trim: { input: "$int" } }, "refused 50699"],
  ],
  $toString: [
    [{ $toString: "$int" }, '"7"'],
    [{ $toString: "$double" }, '"2.5"'],
    [{ $toString: 1e21 }, '"1e+21"'],
    [{ $toString: 0.1 }, '"0.1"'],
    [{ $toString: "$long" }, '"9"'],
    [{ $toString: "$decimal" }, '"1.50"'],
    [{ $toString: "$date" }, '"2024-03-15T13:45:30.250Z"'],
    [{ $toString: "$id" }, '"65f0a1b2c3d4e5f601020304"'],
    [{ $toString: "$yes" }, '"true"'],
    [{ $toString: "$missing" }, "null"],
    [{ $toString: "$list" }, "refused 241"],
  ],
});
