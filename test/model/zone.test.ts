import assert from "node:assert/strict";
import { test } from "node:test";
import { isKnownZone, zoneNames } from "../../src/model/zone.ts";

test("IANA names and UTC are known zones", () => {
  for (const name of [
    "UTC",
    "Etc/UTC",
    "Asia/Seoul",
    "America/Argentina/Buenos_Aires",
    "Etc/GMT+5",
    "US/Eastern",
    "Japan",
  ]) {
    assert.equal(isKnownZone(name), true, name);
  }
});

test("offsets, abbreviations and unknown names are refused", () => {
  for (const name of [
    "",
    "+09:00",
    "-05",
    "UTC+9",
    "EST",
    "est",
    "Est",
    "CET",
    "GMT",
    "EST5EDT",
    "Mars/Base",
    "Asia/Soul",
    "Asia/",
    "local",
    " UTC",
    "Asia/Seoul\n",
  ]) {
    assert.equal(isKnownZone(name), false, JSON.stringify(name));
  }
});

test("every name to suggest is a known zone", () => {
  assert.deepEqual(
    zoneNames().filter((name) => !isKnownZone(name)),
    [],
  );
});
