// The set-up of suites about what goes wrong between one agent and its database while others go on.
import { after, before, beforeEach } from "node:test";
import type { Store } from "../../src/store/connect.ts";
import type { SuiteTarget } from "./mongo-targets.ts";
import { openTestStore } from "./open-test-store.ts";
import { clearFleet } from "./swept-fleet.ts";
import { startTarget, type Target } from "./target.ts";

export interface TwoStores {
  /** The test's own eyes and hands, and the lucky agent's: no failure is meant for it. */
  readonly control: Store;
  /** Of the agent that is hurt: failures are meant for its `appName`. */
  readonly store: Store;
  readonly appName: string;
  /** New for each test. */
  readonly target: Target;
}

/** Call it in a suite: its fields are there once a test runs, on an empty database. */
export function twoStores(suite: SuiteTarget): TwoStores {
  let control: Store;
  let hurt: Awaited<ReturnType<typeof openTestStore>>;
  let target: Target;
  before(async () => {
    ({ store: control } = await openTestStore(suite));
    hurt = await openTestStore(suite);
  });
  after(async () => {
    await hurt.store.close();
    await control.close();
  });
  beforeEach(async (t) => {
    await clearFleet(control);
    target = await startTarget();
    if ("after" in t) t.after(() => target.close());
  });
  return {
    get control() {
      return control;
    },
    get store() {
      return hurt.store;
    },
    get appName() {
      return hurt.appName;
    },
    get target() {
      return target;
    },
  };
}
