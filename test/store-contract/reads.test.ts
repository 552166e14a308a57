import { aggregateCases } from "./cases/aggregates.ts";
import { leaseCases } from "./cases/leases.ts";
import { readCases } from "./cases/reads.ts";
import { testContract } from "./contract.ts";

await testContract("contract: leases", leaseCases);
await testContract("contract: reads", readCases);
await testContract("contract: aggregations", aggregateCases);
