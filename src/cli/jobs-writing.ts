// fleetcron jobs add | apply | export | enable | disable | remove
import type { Command } from "commander";
import type { Cli } from "./cli.ts";

export const jobArgument = "name or id of the job";
export const jobsFileArgument = "YAML or JSON file with one job or several; - is standard input";

interface AddFlags {
  readonly force?: boolean;
  readonly json?: boolean;
}

interface ApplyFlags extends AddFlags {
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly group?: string;
}

export function addJobsWriting(jobs: Command, cli: Cli): void {
  addFiles(jobs, cli);
  addChanges(jobs, cli);
}

const force = ["--force", "also jobs with templates that this machine's config cannot fill"] as const;

function addFiles(jobs: Command, cli: Cli): void {
  jobs
    .command("add")
    .description("insert the jobs of a file: all of them, or none if one is invalid")
    .argument("<file>", jobsFileArgument)
    .option(...force)
    .option("--json", "print the inserted documents as JSON")
    .addHelpText("before", "Example: fleetcron jobs add jobs.yaml\n")
    .action(async (file: string, options: AddFlags) => {
      const { addJobsFromFile } = await import("./jobs-add.ts");
      await addJobsFromFile(cli, file, options);
    });
  jobs
    .command("apply")
    .description("make the jobs as the files say, by name, and show what changes; nothing if one is invalid")
    .argument("<file|dir>", "YAML or JSON file, or a folder of them; - is standard input")
    .option("--dry-run", "only show what would change")
    .option("--prune", "with --group: remove the jobs of that group which the files do not have")
    .option("--group <name>", "with --prune: the group")
    .option(...force)
    .option("--json", "print an array of {name, _id, action, changes, next_before, next}")
    .addHelpText("before", "Example: fleetcron jobs apply ./jobs --dry-run\n")
    .action(async (path: string, options: ApplyFlags) => {
      const { applyJobsCommand } = await import("./jobs-apply.ts");
      await applyJobsCommand(cli, path, options);
    });
  jobs
    .command("export")
    .description("print jobs as a YAML file that apply takes again")
    .option("--group <name>", "only of this group")
    .option("--json", "as JSON")
    .addHelpText("before", "Example: fleetcron jobs export --group reports > reports.yaml\n")
    .action(async (options: { group?: string; json?: boolean }) => {
      const { exportJobsCommand } = await import("./jobs-export.ts");
      await exportJobsCommand(cli, options);
    });
}

const changes = [
  ["enable", "let a job run by its schedule again"],
  ["disable", "keep a job from running by its schedule; it can still be run by hand"],
  ["remove", "delete a job; the records of its runs stay"],
] as const;

function addChanges(jobs: Command, cli: Cli): void {
  for (const [change, description] of changes) {
    jobs
      .command(change)
      .description(description)
      .argument("<job>", jobArgument)
      .addHelpText("before", `Example: fleetcron jobs ${change} nightly-report\n`)
      .action(async (job: string) => {
        const { changeJobCommand } = await import("./jobs-change.ts");
        await changeJobCommand(cli, job, change);
      });
  }
}
