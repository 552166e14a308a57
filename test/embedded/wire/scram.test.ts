// The login by hand: what the driver never sends. That a right login works the driver shows in server.test.ts. Codes and
// texts were recorded from mongod 6.0.5 with a user "root".
import assert from "node:assert/strict";
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { test } from "node:test";
import { Binary, Int32 } from "bson";
import { CommandError } from "../../../src/embedded/command-error.ts";
import { newSession, type Session } from "../../../src/embedded/request.ts";
import type { ValueDocument } from "../../../src/embedded/values/value.ts";
import { createAuthenticator } from "../../../src/embedded/wire/scram.ts";

const authenticator = createAuthenticator({ user: "ro=o,t", password: "s3cret pw", randomBytes });
const escaped = "ro=3Do=2Ct";
const clientNonce = "abcdefghijklmnopqrstuvwx";

const binary = (text: string) => new Binary(Buffer.from(text));
const textOf = ({ payload }: ValueDocument) => Buffer.from((payload as Binary).value()).toString();

interface StartOptions {
  readonly user?: string;
  readonly more?: ValueDocument;
}

function start(session: Session, { user = escaped, more = {} }: StartOptions = {}): ValueDocument {
  const payload = binary(`n,,n=${user},r=${clientNonce}`);
  return authenticator.start(session, {
    saslStart: new Int32(1),
    mechanism: "SCRAM-SHA-256",
    payload,
    $db: "admin",
    ...more,
  });
}

function proceed(session: Session, payload: string, id = 1): ValueDocument {
  const command = { saslContinue: new Int32(1), conversationId: new Int32(id), payload: binary(payload), $db: "admin" };
  return authenticator.continue(session, command);
}

/** A client's last message and the signature that it awaits. */
function prove(challenge: string, { user = escaped, password = "s3cret pw" } = {}) {
  const [, nonce, salt = "", count] = /^r=(.+),s=(.+),i=(\d+)$/.exec(challenge) ?? [];
  const salted = pbkdf2Sync(password, Buffer.from(salt, "base64"), Number(count), 32, "sha256");
  const hmac = (key: Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  const clientKey = hmac(salted, "Client Key");
  const unsigned = `c=biws,r=${nonce}`;
  const signed = `n=${user},r=${clientNonce},${challenge},${unsigned}`;
  const mask = hmac(createHash("sha256").update(clientKey).digest(), signed);
  const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (mask[index] ?? 0)));
  return {
    unsigned,
    final: `${unsigned},p=${proof.toString("base64")}`,
    signature: `v=${hmac(hmac(salted, "Server Key"), signed).toString("base64")}`,
  };
}

function refusal(run: () => unknown): CommandError {
  try {
    run();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  return assert.fail("accepted");
}

test("a right login ends after an empty message, and without one where the client says so", () => {
  for (const skipEmptyExchange of [true, false]) {
    const session = newSession(1);
    const { final, signature } = prove(textOf(start(session, { more: { options: { skipEmptyExchange } } })));
    const proven = proceed(session, final);
    assert.equal(textOf(proven), signature);
    assert.equal(proven.done, skipEmptyExchange);
    assert.equal(session.user, skipEmptyExchange ? "ro=o,t" : null);
    if (skipEmptyExchange) continue;
    assert.equal(proceed(session, "").done, true);
    assert.equal(session.user, "ro=o,t");
  }
});

test("differs: an unknown user is asked for a proof as any other, which then fails", () => {
  const mine = textOf(start(newSession(1)));
  const session = newSession(1);
  const challenge = textOf(start(session, { user: "nobody" }));
  assert.equal(challenge.length, mine.length);
  const { final } = prove(challenge, { user: "nobody" });
  const { code, message } = refusal(() => proceed(session, final));
  assert.deepEqual({ code, message }, { code: 18, message: "Authentication failed." });
  assert.equal(session.user, null);
});

test("an unknown user has the same salt each time, and every challenge another nonce", () => {
  for (const user of [escaped, "nobody"]) {
    const [one = "", other = ""] = [newSession(1), newSession(2)].map((session) => textOf(start(session, { user })));
    assert.equal(one.split(",")[1], other.split(",")[1]);
    assert.notEqual(one.split(",")[0], other.split(",")[0]);
  }
  assert.notEqual(
    textOf(start(newSession(1))).split(",")[1],
    textOf(start(newSession(1), { user: "nobody" })).split(",")[1],
  );
});

const wrongFinals: Readonly<Record<string, (challenge: string) => string>> = {
  "a wrong password": (challenge) => prove(challenge, { password: "wrong" }).final,
  "a proof of zeros": (challenge) => `${prove(challenge).unsigned},p=${Buffer.alloc(32).toString("base64")}`,
  "a short proof": (challenge) => `${prove(challenge).unsigned},p=AAAA`,
  "no proof": (challenge) => prove(challenge).unsigned,
  "another nonce": (challenge) => prove(challenge).final.replace(/r=[^,]+/, `r=${clientNonce}`),
  "another channel": (challenge) => prove(challenge).final.replace("c=biws", "c=eSws"),
  "something else": () => "zzz",
  nothing: () => "",
};

for (const [what, final] of Object.entries(wrongFinals)) {
  test(`${what} fails, and the conversation is over`, () => {
    const session = newSession(1);
    const challenge = textOf(start(session));
    assert.equal(refusal(() => proceed(session, final(challenge))).code, 18);
    const again = refusal(() => proceed(session, prove(challenge).final));
    assert.deepEqual([again.code, again.message], [17, "No SASL session state found"]);
    assert.equal(session.user, null);
  });
}

for (const first of [
  "",
  "zzz",
  "p=tls,,n=a,r=b",
  "y,,n=a,r=b",
  "n,a=x,n=a,r=b",
  "n,,n=,r=b",
  "n,,n=a",
  "n,,n=a,r=",
  "n,,n=a=2Xb,r=b",
  "n,,m=x,n=a,r=b",
]) {
  test(`"${first}" is no beginning`, () => {
    assert.equal(refusal(() => start(newSession(1), { more: { payload: binary(first) } })).code, 18);
  });
}

const wrongStarts: readonly (readonly [string, ValueDocument, number, string])[] = [
  [
    "another mechanism",
    { mechanism: "PLAIN" },
    334,
    "Received authentication for mechanism PLAIN which is not enabled",
  ],
  ["an unknown field", { nonsense: true }, 40415, "BSON field 'saslStart.nonsense' is an unknown field."],
];

for (const [what, more, code, message] of wrongStarts) {
  test(`${what}: ${code}`, () => {
    const error = refusal(() => start(newSession(1), { more }));
    assert.deepEqual([error.code, error.message], [code, message]);
  });
}

test("a start without a mechanism or a payload is told what is missing", () => {
  const begin = (rest: ValueDocument) => () => authenticator.start(newSession(1), { saslStart: new Int32(1), ...rest });
  assert.equal(refusal(begin({ payload: binary("") })).code, 40414);
  assert.equal(refusal(begin({ mechanism: "SCRAM-SHA-256" })).code, 40414);
});

test("the user is one of the database admin alone", () => {
  const session = newSession(1);
  const { final } = prove(textOf(start(session, { more: { $db: "test" } })));
  assert.equal(refusal(() => proceed(session, final)).code, 18);
});

test("another conversation's number is refused", () => {
  const session = newSession(1);
  const { final } = prove(textOf(start(session)));
  const { code, message } = refusal(() => proceed(session, final, 99));
  assert.deepEqual([code, message], [17, "sasl: Mismatched conversation id"]);
});

test("a login that fails after one that did not leaves the first as it was", () => {
  const session = newSession(1);
  proceed(session, prove(textOf(start(session, { more: { options: { skipEmptyExchange: true } } }))).final);
  start(session);
  refusal(() => proceed(session, "zzz"));
  assert.equal(session.user, "ro=o,t");
});

test("a password that clients would change before they use it is refused", () => {
  for (const password of ["", "pässword", "a\u00a0b"]) {
    assert.throws(() => createAuthenticator({ user: "u", password, randomBytes }), RangeError);
  }
});
