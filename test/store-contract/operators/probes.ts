// Operators by name, each with commands that show what it does and the answers of mongod 6.0.5. A server that lacks an
// operator refuses it with an error code; a third kind of answer does not exist. For a new probe write any answer, and
// take the right one from what mongod fails with.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type Db, Decimal128, type Document, Double, Long, MongoServerError } from "mongodb";
import { forEachTarget } from "../../helpers/mongo-targets.ts";
import { connectForSuite, type TargetKind } from "../contract.ts";

/** An answer, `refused <code>`, or one of each where a replica set answers otherwise. */
export type Answer = string | { readonly standalone: string; readonly replicaSet: string };

export type Probes<Input> = Readonly<Record<string, readonly (readonly [Input, Answer])[]>>;

export interface OperatorTable<Input = never> {
  readonly title: string;
  /** Operator → what is asked and answered. */
  readonly probes: Probes<Input>;
  /** Makes what the probes work on. */
  readonly setUp: (db: Db) => Promise<void>;
  /** The answer as text. */
  readonly ask: (db: Db, input: Input) => Promise<string>;
}

/** The recorded answers are those of this version. */
const recordedVersion = "6.0.";

/** One test per operator and server. */
export async function testOperators<Input>(table: OperatorTable<Input>): Promise<void> {
  await forEachTarget(table.title, (target) => {
    const connected = connectForSuite(target);
    let version = "";
    before(async () => {
      version = (await connected().client.db("admin").command({ buildInfo: 1 })).version;
      await table.setUp(connected().db);
    });
    for (const [operator, probes] of Object.entries(table.probes)) {
      test(operator, async (t) => {
        const { db, kind } = connected();
        if (kind !== "embedded" && !version.startsWith(recordedVersion))
          return t.skip(`recorded on ${recordedVersion}x`);
        let refused = 0;
        const wrong: { readonly asked: unknown; readonly given: string; readonly expected: string }[] = [];
        for (const [input, answer] of probes) {
          const expected = answerOn(kind, answer);
          const given = await answerOf(table, db, input);
          if (given === expected) continue;
          if (kind !== "embedded" || !isRefusal(given)) wrong.push({ asked: input, given, expected });
          else if (!isRefusal(expected)) refused++;
        }
        assert.deepEqual(wrong, []);
        if (refused > 0) t.diagnostic(`${operator}: ${refused} of ${probes.length} refused here and not by MongoDB`);
      });
    }
  });
}

const isRefusal = (answer: string) => /^refused \d+$/.test(answer);

function answerOn(kind: TargetKind, answer: Answer): string {
  if (typeof answer === "string") return answer;
  return kind === "replicaSet" ? answer.replicaSet : answer.standalone;
}

async function answerOf<Input>(table: OperatorTable<Input>, db: Db, input: Input): Promise<string> {
  try {
    return await table.ask(db, input);
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    return `refused ${error.code}`;
  }
}

/** The collection anew, with copies of these documents: the driver writes an `_id` into what it is given. */
export async function refill(db: Db, name: string, documents: readonly Document[]): Promise<void> {
  await db.collection(name).deleteMany({});
  await db.collection(name).insertMany(documents.map((document) => ({ ...document })));
}

export const double = (value: number) => new Double(value);
export const long = (value: number | string) => Long.fromString(String(value));
export const decimal = (text: string) => Decimal128.fromString(text);
