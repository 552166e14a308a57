// The update operators against tables recorded from mongod 6.0.5: the document, or the code and words of the refusal.
import { suite, test } from "node:test";
import { addAndPopCases } from "./add-and-pop-cases.ts";
import { arithmeticCases } from "./arithmetic-cases.ts";
import { arrayFilterCases } from "./array-filter-cases.ts";
import { decimalCases } from "./decimal-cases.ts";
import { documentCases } from "./document-cases.ts";
import { extremeCases } from "./extreme-cases.ts";
import { idCases } from "./id-cases.ts";
import { positionalCases } from "./positional-cases.ts";
import { pullCases } from "./pull-cases.ts";
import { pushCases } from "./push-cases.ts";
import { pushSortCases } from "./push-sort-cases.ts";
import { renameCases } from "./rename-cases.ts";
import { seedCases } from "./seed-cases.ts";
import { seedConflictCases } from "./seed-conflict-cases.ts";
import { setCases } from "./set-cases.ts";
import { unsetCases } from "./unset-cases.ts";
import { assertExpected, runCase, type UpdateCase } from "./update-case.ts";
import { upsertCases } from "./upsert-cases.ts";

const tables: Readonly<Record<string, readonly UpdateCase[]>> = {
  "$set and paths": setCases,
  "$unset, $setOnInsert and names": unsetCases,
  "$inc and $mul": arithmeticCases,
  "$inc and $mul of decimals": decimalCases,
  "$min, $max, $bit": extremeCases,
  $push: pushCases,
  "$push with $sort": pushSortCases,
  "$addToSet and $pop": addAndPopCases,
  "$pull and $pullAll": pullCases,
  "$rename and refused $currentDate": renameCases,
  "$ and $[]": positionalCases,
  arrayFilters: arrayFilterCases,
  "replacements and conflicts": documentCases,
  "the _id": idCases,
  "what an upsert takes from its filter": seedCases,
  "what an upsert refuses of its filter": seedConflictCases,
  "operators in an upsert": upsertCases,
};

for (const [title, cases] of Object.entries(tables)) {
  suite(title, () => {
    for (const one of cases) test(one[0], () => assertExpected(runCase(one), one[3]));
  });
}
