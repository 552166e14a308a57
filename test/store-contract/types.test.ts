import { typeCases } from "./cases/bson-types.ts";
import { cursorCases } from "./cases/cursors.ts";
import { sortCases } from "./cases/sorting.ts";
import { testContract } from "./contract.ts";

await testContract("contract: types", typeCases);
await testContract("contract: order", sortCases);
await testContract("contract: cursors", cursorCases);
