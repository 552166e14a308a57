// $type, $isNumber and the size of a document.
import { Int32 } from "bson";
import { CommandError } from "../../command-error.ts";
import { encode, isDocument, isNumber } from "../../values/value.ts";
import { unary } from "../arguments.ts";
import { isNullish, type Operators } from "../expression.ts";
import { kindName } from "../render-value.ts";

export const types: Operators = {
  $type: unary("$type", kindName),
  $isNumber: unary("$isNumber", (value) => !isNullish(value) && isNumber(value)),
  $bsonSize: unary("$bsonSize", (value) => {
    if (isNullish(value)) return null;
    if (isDocument(value)) return new Int32(encode(value).length);
    throw new CommandError(31393, `$bsonSize requires a document input, found: ${kindName(value)}`);
  }),
};
