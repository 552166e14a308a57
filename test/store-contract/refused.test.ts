import { refusedByEmbedded } from "./operators/options.ts";
import { testOperators } from "./operators/probes.ts";

await testOperators(refusedByEmbedded);
