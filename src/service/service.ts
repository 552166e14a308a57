// A service as its manager sees it: one definition file, and the steps that put it there and take it away.

export const serviceSystems = ["systemd", "launchd", "windows"] as const;
export type ServiceSystem = (typeof serviceSystems)[number];

export interface ServiceRequest {
  /** What starts FleetCron: an absolute path, and its first arguments. */
  readonly program: readonly string[];
  /** Absolute. */
  readonly configFile: string;
  /** A service of one person, not of the machine. */
  readonly user: boolean;
  readonly homeDir: string;
}

export type Step =
  | { readonly kind: "write"; readonly file: string; readonly text: string; readonly encoding: "utf8" | "utf16le" }
  | { readonly kind: "remove"; readonly file: string }
  /** `mayFail`: what it is to bring about may be so already. */
  | { readonly kind: "run"; readonly command: readonly string[]; readonly mayFail?: boolean };

export interface Service {
  /** Where the definition lies when the service is installed. */
  readonly file: string;
  readonly definition: string;
  /** Fails, changing nothing, when the manager cannot be reached. */
  readonly probe: readonly string[];
  readonly install: readonly Step[];
  readonly uninstall: readonly Step[];
  /** Ends with 0 when the agent runs. */
  readonly status: readonly string[];
  /** What a person does next, one line each. */
  readonly next: readonly string[];
}

/** The service manager of a platform as Node names it; null where there is none that we know. */
export function systemOf(platform: string): ServiceSystem | null {
  return platform === "linux" ? "systemd" : platform === "darwin" ? "launchd" : platform === "win32" ? "windows" : null;
}

/** The whole command line of the agent. The state lies where the service may write, whatever the config says. */
export function agentCommand({ program, configFile }: ServiceRequest, stateDir: string | null): readonly string[] {
  const state = stateDir === null ? [] : ["--set", `state_dir=${stateDir}`];
  return [...program, "--config", configFile, ...state, "agent"];
}

export function run(...command: readonly string[]): Step {
  return { kind: "run", command };
}

/** As `run`, for what may be so already. */
export function tryRun(...command: readonly string[]): Step {
  return { kind: "run", command, mayFail: true };
}
