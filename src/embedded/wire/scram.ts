// SCRAM-SHA-256, the server's side (RFC 5802, RFC 7677), for the one user that a store on TCP has. The password itself is
// not kept. Whether the name or the password was wrong can't be told from any answer.
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import { Binary, Int32 } from "bson";
import { CommandError } from "../command-error.ts";
import { readArguments } from "../commands/arguments.ts";
import type { Authenticator } from "../engine.ts";
import type { Value, ValueDocument } from "../values/value.ts";

export interface AuthenticatorOptions {
  readonly user: string;
  /** Printable ASCII: clients normalize all else (SASLprep), and so would we have to. */
  readonly password: string;
  /** So many unpredictable bytes. */
  readonly randomBytes: (size: number) => Uint8Array;
}

/** MongoDB's defaults. */
const mechanism = "SCRAM-SHA-256";
const iterations = 15_000;
const saltBytes = 28;
const nonceBytes = 24;

const startArguments = {
  mechanism: "string",
  payload: "any",
  options: "object",
  db: "string",
  autoAuthorize: "ignored",
} as const;
const continueArguments = { conversationId: "number", payload: "any" } as const;

/** Throws RangeError for a password that clients might change before they use it. */
export function createAuthenticator({ user, password, randomBytes }: AuthenticatorOptions): Authenticator {
  if (!/^[ -~]+$/.test(password)) throw new RangeError("the password of the embedded store must be printable ASCII");
  const own = deriveCredentials(password, randomBytes(saltBytes));
  // Another name gets a salt too, always the same for one name, and a check that takes as long and fails.
  const decoy = deriveCredentials(base64(randomBytes(32)), randomBytes(saltBytes));

  return {
    start(session, command) {
      session.conversation = null;
      const given = readArguments(command, startArguments, { where: "saslStart" });
      judgeMechanism(given.mechanism);
      const first = parseClientFirst(textOf(given.payload, "saslStart"));
      const isUser = first.user === user && (given.db ?? command.$db) === "admin";
      const credentials = isUser ? own : { ...decoy, salt: hmac(decoy.serverKey, first.user).subarray(0, saltBytes) };
      const nonce = first.nonce + base64(randomBytes(nonceBytes));
      const challenge = `r=${nonce},s=${base64(credentials.salt)},i=${iterations}`;
      const exchanged = `${first.bare},${challenge}`;
      const skipsEmptyExchange = given.options?.skipEmptyExchange === true;
      session.conversation = new Conversation({ user, isUser, nonce, credentials, exchanged, skipsEmptyExchange });
      return answer(challenge, false);
    },

    continue(session, command) {
      const { conversation } = session;
      session.conversation = null;
      if (!(conversation instanceof Conversation)) {
        throw new CommandError("ProtocolError", "No SASL session state found");
      }
      const given = readArguments(command, continueArguments, { where: "saslContinue" });
      if (given.conversationId !== conversationId.value) {
        throw new CommandError("ProtocolError", "sasl: Mismatched conversation id");
      }
      const text = conversation.next(textOf(given.payload, "saslContinue"));
      if (conversation.isDone) session.user = user;
      else session.conversation = conversation;
      return answer(text, conversation.isDone);
    },
  };
}

interface Credentials {
  readonly salt: Uint8Array;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

function deriveCredentials(password: string, salt: Uint8Array): Credentials {
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  return { salt, storedKey: sha256(hmac(salted, "Client Key")), serverKey: hmac(salted, "Server Key") };
}

interface ConversationFacts {
  readonly user: string;
  readonly isUser: boolean;
  /** The client's part and ours. */
  readonly nonce: string;
  readonly credentials: Credentials;
  /** What both sides have said and sign: the client's first message and our challenge. */
  readonly exchanged: string;
  /** False: the client wants to say one thing more, nothing, before it is done. */
  readonly skipsEmptyExchange: boolean;
}

class Conversation {
  readonly #facts: ConversationFacts;
  #isProven = false;
  #isDone = false;

  constructor(facts: ConversationFacts) {
    this.#facts = facts;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** What the server answers to the client's next message. Throws AuthenticationFailed. */
  next(message: string): string {
    if (this.#isProven) {
      if (message !== "") throw failed();
      this.#isDone = true;
      return "";
    }
    const signature = this.#check(message);
    this.#isProven = true;
    this.#isDone = this.#facts.skipsEmptyExchange;
    return `v=${base64(signature)}`;
  }

  #check(message: string): Buffer {
    const { nonce, credentials, exchanged, isUser } = this.#facts;
    const [, unsigned = "", given, proofText = ""] = /^(c=biws,r=([^,]+)),p=([A-Za-z0-9+/]{43}=)$/.exec(message) ?? [];
    if (given !== nonce) throw failed();
    const signed = `${exchanged},${unsigned}`;
    const mask = hmac(credentials.storedKey, signed);
    const clientKey = Buffer.from(proofText, "base64").map((byte, index) => byte ^ (mask[index] ?? 0));
    const isProof = timingSafeEqual(sha256(clientKey), credentials.storedKey);
    if (!isProof || !isUser) throw failed();
    return hmac(credentials.serverKey, signed);
  }
}

/** Channel binding there is none of, and nobody acts for somebody else: only `n,,` may stand first. */
function parseClientFirst(message: string): { readonly bare: string; readonly user: string; readonly nonce: string } {
  const [, bare = "", name = "", nonce = ""] = /^n,,(n=([^,]+),r=([!-+\--~]+))$/.exec(message) ?? [];
  if (bare === "" || /=(?!2C|3D)/.test(name)) throw failed();
  return { bare, user: name.replaceAll("=2C", ",").replaceAll("=3D", "="), nonce };
}

function judgeMechanism(given: string | undefined): void {
  if (given === undefined) {
    throw new CommandError(40414, "BSON field 'saslStart.mechanism' is missing but a required field");
  }
  if (given !== mechanism) {
    throw new CommandError(
      "MechanismUnavailable",
      `Received authentication for mechanism ${given} which is not enabled`,
    );
  }
}

/** Bytes, or their base64. */
function textOf(payload: Value, command: string): string {
  if (payload instanceof Binary) return Buffer.from(payload.value()).toString("utf8");
  if (typeof payload === "string") return Buffer.from(payload, "base64").toString("utf8");
  throw new CommandError(40414, `BSON field '${command}.payload' is missing but a required field`);
}

/** MongoDB calls every conversation so: a connection has one at a time. */
const conversationId = new Int32(1);

function answer(payload: string, done: boolean): ValueDocument {
  return { conversationId, done, payload: new Binary(Buffer.from(payload)) };
}

const failed = () => new CommandError("AuthenticationFailed", "Authentication failed.");
const hmac = (key: Uint8Array, text: string) => createHmac("sha256", key).update(text).digest();
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
