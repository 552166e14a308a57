// What any command may ask for beside its own arguments, and what of it can't be given here.
import { CommandError } from "../command-error.ts";
import { toDouble } from "../values/numbers.ts";
import { isDocument, isNumber, type Value, type ValueDocument } from "../values/value.ts";

const readLevels: readonly Value[] = ["local", "available", "majority"];

/**
 * Durable once answered, and one server: majority is what it always gives. Throws for transactions, and for a read or
 * write concern that promises more than one server can.
 */
export function judgeCommand(body: ValueDocument): void {
  if (body.txnNumber !== undefined || body.startTransaction !== undefined || body.autocommit !== undefined) {
    throw new CommandError(
      "IllegalOperation",
      "Transaction numbers are only allowed on a replica set member or mongos",
    );
  }
  if (body.apiVersion !== undefined && body.apiVersion !== "1") {
    throw new CommandError(322, 'API version must be "1"');
  }
  if (body.apiStrict === true) throw new CommandError("NotImplemented", "the embedded store has no strict API version");
  if (isNumber(body.maxTimeMS) && toDouble(body.maxTimeMS) < 0) {
    throw new CommandError("BadValue", `maxTimeMS has an invalid value: ${toDouble(body.maxTimeMS)}`);
  }
  judgeReadConcern(body.readConcern);
  judgeWriteConcern(body.writeConcern);
}

const readConcernFields = ["level", "provenance"];
const writeConcernFields = ["w", "j", "fsync", "wtimeout", "provenance"];

function judgeReadConcern(concern: Value): void {
  if (!isDocument(concern)) return;
  const unknown = Object.keys(concern).find((field) => !readConcernFields.includes(field));
  if (unknown !== undefined) {
    throw new CommandError("InvalidOptions", `Unrecognized option in readConcern: ${unknown}`);
  }
  if (concern.level === undefined || readLevels.includes(concern.level)) return;
  if (concern.level === "linearizable" || concern.level === "snapshot") {
    throw new CommandError(
      "NotAReplicaSet",
      `node needs to be a replica set member to use readConcern ${concern.level}`,
    );
  }
  throw new CommandError(
    "FailedToParse",
    "readConcern.level must be either 'local', 'majority', 'linearizable', 'available', or 'snapshot'",
  );
}

function judgeWriteConcern(concern: Value): void {
  if (!isDocument(concern)) return;
  const unknown = Object.keys(concern).find((field) => !writeConcernFields.includes(field));
  if (unknown !== undefined) {
    throw new CommandError(40415, `BSON field 'writeConcern.${unknown}' is an unknown field.`);
  }
  const { w } = concern;
  const isMore = isNumber(w) ? toDouble(w) > 1 : typeof w === "string" && w !== "majority";
  if (isMore) throw new CommandError("BadValue", "cannot use 'w' > 1 when a host is not replicated");
}
