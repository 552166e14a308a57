// The worst of the tests' hostile JSONPaths and templates. Milliseconds of the processor, the best of some rounds: what
// other programs take meanwhile does not count.
import { prepareRequest } from "../../src/chain/prepare-request.ts";
import { findOne, parseJsonPath } from "../../src/model/json-path.ts";
import { chainContext, httpAction } from "../../test/helpers/chain-fixtures.ts";
import { hostileAnswers, hostilePaths } from "../../test/model/hostile-paths.ts";
import { hostileTemplates } from "../../test/model/hostile-templates.ts";

const rounds = 10;

export interface Worst {
  readonly ms: number;
  readonly what: string;
}

export function worstPath(): Worst {
  const works = hostilePaths.flatMap((text) => {
    const parsed = parseJsonPath(text);
    if ("expected" in parsed) throw new Error(`${text}: ${parsed.expected}`);
    return Object.entries(hostileAnswers).map(([title, answer]) => ({
      what: `${text.slice(0, 30)}, ${title}`,
      work: () => findOne(parsed.path, answer),
    }));
  });
  return worstOf(works);
}

export function worstTemplate(): Worst {
  const secrets = new Map([["API_SECRET", { value: "x".repeat(50), hosts: null }]]);
  const works = Object.entries(hostileTemplates).flatMap(([title, text]) =>
    Object.entries({ url: { url: text }, body: { url: "http://h/", body: text } }).map(([place, fields]) => {
      const action = httpAction(fields);
      const context = chainContext([action], { secrets });
      return {
        what: `${title}, ${place}`,
        work: () => prepareRequest(context, action, { index: 0, userAgent: "bench" }),
      };
    }),
  );
  return worstOf(works);
}

function worstOf(works: readonly { readonly what: string; readonly work: () => void }[]): Worst {
  const costs = works.map(({ what, work }) => ({
    what,
    ms: Math.min(...Array.from({ length: rounds }, () => cpuMs(work))),
  }));
  return costs.reduce((worst, cost) => (cost.ms > worst.ms ? cost : worst));
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
