import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findRefusal } from "../../src/chain/address-guard.ts";
import { prepareRequest } from "../../src/chain/prepare-request.ts";
import { chainContext } from "../helpers/chain-fixtures.ts";
import { jobOf } from "../model/parse-fixtures.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/http.md"), "utf8");
const examples = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, json = ""]) => JSON.parse(json));

test("docs/http.md has an example of a form and one of redirects", () => {
  assert.ok(examples.some((job) => "form" in job) && examples.some((job) => "follow_redirects" in job));
});

for (const example of examples) {
  test(`the job "${example.name}" of docs/http.md is valid, and its request can be sent`, () => {
    const { actions } = jobOf({ _id: "x", ...example });
    const [action] = actions;
    assert.ok(action?.type === "http");
    const secrets = new Map([["API_SECRET", { value: "s3cret&more", hosts: [new URL(action.url).hostname] }]]);
    const prepared = prepareRequest(chainContext(actions, { secrets }), action, { index: 0, userAgent: "x" });
    assert.equal(prepared.error, null, prepared.error?.message);
    if (action.form !== null) assert.match(prepared.request?.body ?? "", /client_secret=s3cret%26more$/);
    assert.equal(prepared.request?.redirects?.most ?? 0, example.follow_redirects ?? 0);
  });
}

test("the addresses that docs/http.md calls refused are refused", () => {
  const [, row = ""] = /^\| (.*): where clouds hand out credentials/m.exec(page) ?? [];
  const hosts = [...row.matchAll(/`([^`]+)`/g)].map(([, host = ""]) => host.replace(/\/\d+$/, ""));
  assert.ok(hosts.length >= 6);
  const open = { denyPrivate: false, allowHosts: [], denyHosts: [] };
  for (const host of hosts) {
    const url = new URL(`http://${host.includes(":") ? `[${host}]` : host}/`);
    assert.match(findRefusal(url, open) ?? "", /metadata/, host);
  }
});
