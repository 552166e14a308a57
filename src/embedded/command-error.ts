// How a command fails: MongoDB's own code and name, because drivers and people decide by them.
import { Int32 } from "bson";
import type { ValueDocument } from "./values/value.ts";

/** The codes this server answers with; the numbers and names are MongoDB's. */
export const errorCodes = {
  BadValue: 2,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  ProtocolError: 17,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  InvalidBSON: 22,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  CannotBackfillArray: 34,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  NotExactValueField: 111,
  NotAReplicaSet: 123,
  InvalidPipelineOperator: 168,
  CannotIndexParallelArrays: 171,
  QueryPlanKilled: 175,
  InvalidIndexSpecificationOption: 197,
  ConversionFailure: 241,
  NotImplemented: 238,
  MechanismUnavailable: 334,
  UnsupportedOpQueryCommand: 352,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
} as const;

export type ErrorName = keyof typeof errorCodes;

export class CommandError extends Error {
  readonly code: number;
  readonly codeName: string;
  /** Further fields of the reply, such as `keyPattern` and `keyValue` of a duplicate. */
  readonly extra: Readonly<Record<string, unknown>>;

  /** A code without a name of its own is `Location<code>`, as MongoDB names it. */
  constructor(code: ErrorName | number, message: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = "CommandError";
    this.code = typeof code === "number" ? code : errorCodes[code];
    this.codeName = typeof code === "number" ? `Location${code}` : code;
    this.extra = extra;
  }
}

/** What a client is told of a command that failed. */
export function failureFields({ message, code, codeName, extra }: CommandError): ValueDocument {
  return { ok: new Int32(0), errmsg: message, code: new Int32(code), codeName, ...(extra as ValueDocument) };
}
