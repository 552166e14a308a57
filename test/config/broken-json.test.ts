import assert from "node:assert/strict";
import { test } from "node:test";
import { line, testRefused } from "./refused.ts";
import { configName, scratch, uri } from "./scratch.ts";

testRefused({
  "an empty file": { file: "", says: [line("expected a JSON object, got an empty file", 1)] },
  "a file of comments": { file: "// nothing\n", says: [line("line 2, column 1: expected a value", 2)] },
  "a list as the whole": { file: '["geheim"]', says: [line("expected a JSON object, got a list", 1)] },
  "a text as the whole": { file: '"mongodb://u:geheim@h"', says: [line("expected a JSON object, got a text", 1)] },
  "no closing brace": {
    file: '{\n  "tz": "UTC"\n',
    says: [line('line 3, column 1: expected a "}" that ends the object', 3)],
  },
  "a missing comma": {
    file: '{\n  "tz": "UTC"\n  "poll_sec": 5\n}',
    says: [line('line 3, column 3: expected a "," or the end of the object or list', 3)],
  },
  "a missing colon": { file: '{"tz" "UTC"}', says: [line('line 1, column 7: expected a ":" after the name', 1)] },
  "a comma before the end": {
    file: '{\n  "tz": "UTC",\n}',
    says: [line("line 3, column 1: expected a name in double quotes; a comma stands before the end", 3)],
  },
  "single quotes": {
    file: "{'tz': 'UTC'}",
    says: [line("line 1, column 2: expected a value in JSON form (texts and names stand in double quotes)", 1)],
  },
  "a line break inside a text": {
    file: '{"tz": "U\nTC"}',
    says: [line("line 1, column 8: expected a double quote that ends the text on its line", 1)],
  },
  "a Windows path with single backslashes": {
    file: '{"state_dir": "C:\\data"}',
    says: [
      line(
        'line 1, column 15: expected one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u after a backslash (write \\\\ for one)',
        1,
      ),
    ],
  },
  "something after the end": {
    file: "{} {}",
    says: [line("line 1, column 4: expected nothing after the end of the object", 1)],
  },
  "a key given twice": {
    file: '{"mongodb_uri": "mongodb://h",\n"tz": "UTC",\n"tz": "Asia/Seoul"}',
    says: [line("tz: given twice, first in line 2")],
  },
  "a name that reaches into every object": {
    file: `{"mongodb_uri": "${uri}",\n"tags": {\n"__proto__": "x"}}`,
    says: [line("tags.__proto__: this name is not allowed")],
  },
});

for (const [name, bytes, says] of [
  [
    "a byte order mark",
    "\ufeff{}",
    "expected JSON, got a byte order mark before it; save the file as UTF-8 without BOM",
  ],
  ["UTF-16", Buffer.from("\ufeff{}", "utf16le"), "expected UTF-8, got UTF-16; save the file as UTF-8"],
  [
    "Latin-1",
    Buffer.from('{"tags": {"city": "Köln"}}', "latin1"),
    "expected UTF-8, got bytes that are not; save the file as UTF-8",
  ],
] as const) {
  test(`a config with ${name} is refused in plain words`, (t) => {
    const place = scratch(t);
    place.write(configName, bytes);
    const error = place.failure();
    assert.equal(error.code, "config_invalid");
    assert.deepEqual(error.details, [`${says} (${configName})`]);
  });
}

test("the message names the file and the number of problems", (t) => {
  const place = scratch(t);
  const file = place.write(configName, { mongodb_uri: uri, tz: 1, poll_sec: 0 });
  assert.equal(place.failure().message, `${file}: 2 problems`);
});
