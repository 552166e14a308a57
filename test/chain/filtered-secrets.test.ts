// A secret that a template writes in another form leaves none of its forms in the record, whatever the target echoes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSendRequest } from "../../src/chain/http-attempt.ts";
import { createMasker } from "../../src/chain/masking.ts";
import { filterNames } from "../../src/model/template-filters.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { chainContext, executeWhole, httpAction } from "../helpers/chain-fixtures.ts";
import { startTarget } from "../helpers/target.ts";

/** Its base64 holds `+` and `/`, its JSON backslashes. */
const secret = `>>>???"\\a~z é`;

for (const filter of filterNames) {
  test(`of {{KEY | ${filter}}} in path, query, header and body nothing is recorded`, async () => {
    await using target = await startTarget();
    target.on("*", ({ url, headers, body }, response) =>
      response.writeHead(500).end(`${url} ${headers["x-key"]} ${body}`),
    );
    const key = `{{KEY | ${filter}}}`;
    const url = `${target.url}/${filter === "raw" ? "" : key}`;
    const places = {
      params: { key: filter === "raw" ? "" : key },
      headers: { "X-Key": key },
      body: { key, text: `a ${key}` },
    };
    const secrets = new Map([["KEY", { value: secret, hosts: null }]]);
    const context = chainContext([httpAction({ method: "POST", url, ...places })], { secrets });
    const mask = createMasker(secrets);
    const sender = createSendRequest({ clock: systemClock });
    const end = await executeWhole(context, { send: sender.send, mask });
    await sender.close();
    const [step] = end.steps;
    assert.equal(step?.error?.code, "status", step?.error?.message);
    const written = [step?.url, step?.responseSample].join(" ");
    assert.match(written, /\{\{KEY\}\}/);
    // Any run of characters that only a form of the secret holds.
    assert.doesNotMatch(written, /Pj4\+|Pj4%2B|%3E%3E|>>>|\?\?\?|%3F%3F|\\u00e9|Pz8\/|Pz8%2F|a~z|%5C%22|\\"\\/i);
  });
}
