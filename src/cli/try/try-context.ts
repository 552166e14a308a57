// What the chain of a tried job is given: this machine's config, the instant it is tried for.
import { hostname } from "node:os";
import type { ChainContext } from "../../chain/execute-chain.ts";
import type { Config } from "../../config/config.ts";
import type { Occurrence } from "../../model/run.ts";
import { userAgentOf } from "../../model/user-agent.ts";
import { productVersion } from "../../runtime/assets.ts";
import { ownMachineId } from "./try-record.ts";

export const userAgent = () => userAgentOf(productVersion());

export function chainOf(config: Config, { job, runId, scheduledFor }: Occurrence): ChainContext {
  return {
    runId,
    attempt: 1,
    scheduledFor,
    job,
    machine: { id: ownMachineId(config) ?? "", hostname: hostname(), tags: config.tags },
    secrets: config.secrets,
    outputs: new Map(),
    network: config.network,
    exec: config.exec,
  };
}
