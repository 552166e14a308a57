import { commandCases } from "./cases/commands.ts";
import { indexConflictCases } from "./cases/index-conflicts.ts";
import { indexCases } from "./cases/indexes.ts";
import { testContract } from "./contract.ts";

await testContract("contract: indexes", indexCases);
await testContract("contract: index conflicts", indexConflictCases);
await testContract("contract: commands", commandCases);
