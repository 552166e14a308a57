// A person's home on a machine where no service manager answers but a stand-in on the PATH that writes down what it is
// asked: the machine that runs the tests keeps its own services.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Below the home. */
export const unit = join(".config", "systemd", "user", "fleetcron.service");

/** A home with a config, and what makes a program use it; `systemctl`: what the stand-in does, in shell. */
export function home(path: string, systemctl = "exit 0"): { HOME: string; PATH: string } {
  const bin = join(path, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "systemctl"), `#!/bin/sh\necho "$*" >> ${join(path, "asked")}\n${systemctl}\n`);
  chmodSync(join(bin, "systemctl"), 0o755);
  writeFileSync(join(path, "fleetcron.config.json"), '{"store": "embedded", "secrets": {"A": "s3cret-value"}}');
  chmodSync(join(path, "fleetcron.config.json"), 0o600);
  return { HOME: path, PATH: bin };
}

/** What the stand-in was asked, in order. */
export const asked = (path: string) => readFileSync(join(path, "asked"), "utf8").trim().split("\n");
export const withConfig = (path: string, ...args: string[]) => [
  "--config",
  join(path, "fleetcron.config.json"),
  ...args,
];
