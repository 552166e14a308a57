import { insertCases } from "./cases/inserts.ts";
import { updateCases } from "./cases/updates.ts";
import { upsertCases } from "./cases/upserts.ts";
import { testContract } from "./contract.ts";

await testContract("contract: inserts", insertCases);
await testContract("contract: updates", updateCases);
await testContract("contract: upserts", upsertCases);
