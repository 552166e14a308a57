import { expiryCases } from "./cases/expiry.ts";
import { faultCases } from "./cases/faults.ts";
import { testContract } from "./contract.ts";

await testContract("contract: faults", faultCases);
await testContract("contract: expiry", expiryCases);
