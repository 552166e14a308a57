// Every expression operator that is allowed. What is not here is refused as unknown: what would be answered differently
// (logarithms and powers, in their last digit) or needs what this server has not (JavaScript, captures of PCRE).
import type { Operators } from "./expression.ts";
import { arithmetic } from "./operators/arithmetic.ts";
import { arrayToDocument } from "./operators/array-to-document.ts";
import { arrays } from "./operators/arrays.ts";
import { comparison } from "./operators/comparison.ts";
import { control } from "./operators/control.ts";
import { conversion } from "./operators/conversion.ts";
import { dateArithmetic } from "./operators/date-arithmetic.ts";
import { dateParts } from "./operators/date-parts.ts";
import { documents } from "./operators/documents.ts";
import { iteration } from "./operators/iteration.ts";
import { regexes } from "./operators/regexes.ts";
import { rounding } from "./operators/rounding.ts";
import { search } from "./operators/search.ts";
import { sets } from "./operators/sets.ts";
import { slices } from "./operators/slices.ts";
import { strings } from "./operators/strings.ts";
import { substrings } from "./operators/substrings.ts";
import { totals } from "./operators/totals.ts";
import { types } from "./operators/types.ts";

export const operators: Operators = {
  ...arithmetic,
  ...rounding,
  ...comparison,
  ...control,
  ...arrays,
  ...arrayToDocument,
  ...iteration,
  ...search,
  ...slices,
  ...sets,
  ...strings,
  ...substrings,
  ...regexes,
  ...types,
  ...conversion,
  ...documents,
  ...totals,
  ...dateParts,
  ...dateArithmetic,
};
