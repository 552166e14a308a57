// fleetcron jobs list | show | next | add | check | enable | disable | remove | run
import type { Command } from "commander";
import type { Cli } from "./cli.ts";
import { readCount, readSeconds, readTime, readZone } from "./read-option.ts";

export function addJobsCommand(program: Command, cli: Cli): void {
  const jobs = program
    .command("jobs")
    .description("list, write, check and run jobs")
    .addHelpText("before", "Example: fleetcron jobs list\n");
  addReading(jobs, cli);
  addNext(jobs, cli);
  addWriting(jobs, cli);
  addRun(jobs, cli);
}

const jobArgument = "name or id of the job";

function addReading(jobs: Command, cli: Cli): void {
  jobs
    .command("list")
    .description("every job with its schedule, next due time and last run")
    .option("--json", "print the documents as JSON")
    .addHelpText("before", "Example: fleetcron jobs list\n")
    .action(async (options: { json?: boolean }) => {
      const { listJobsCommand } = await import("./jobs-list.ts");
      await listJobsCommand(cli, options);
    });
  jobs
    .command("show")
    .description("one job: its definition, what is wrong with it, when it is due, its last runs")
    .argument("<job>", jobArgument)
    .option("--json", "print the document as JSON")
    .addHelpText("before", "Example: fleetcron jobs show nightly-report\n")
    .action(async (job: string, options: { json?: boolean }) => {
      const { showJobCommand } = await import("./jobs-show.ts");
      await showJobCommand(cli, job, options);
    });
  jobs
    .command("check")
    .description(
      "report every problem of the jobs in the database, or in a file without a database; ends with 1 on any",
    )
    .argument("[file]", "JSON file with one job or a list of them; - is standard input")
    .option("--json", "print JSON")
    .addHelpText("before", "Example: fleetcron jobs check jobs.json\n")
    .action(async (file: string | undefined, options: { json?: boolean }) => {
      const { checkJobsCommand } = await import("./jobs-check.ts");
      await checkJobsCommand(cli, file, options);
    });
}

interface NextFlags {
  readonly cron?: string;
  readonly tz?: string;
  readonly limit: number;
  readonly from?: Date;
  readonly json?: boolean;
}

function addNext(jobs: Command, cli: Cli): void {
  jobs
    .command("next")
    .description("when a job or an expression is due next, in words and times, and what clock changes do to it")
    .argument("[job]", jobArgument)
    .option("--cron <expression>", "an expression instead of a job: needs no database and no config")
    .option("--tz <zone>", "its time zone; default: the config's", readZone("--tz"))
    .option("-n, --limit <count>", "how many times", readCount("--limit", 10_000), 10)
    .option("--from <time>", "times later than this one instead of now", readTime("--from"))
    .option("--json", "print an array of {at, local, moved, reason}")
    .addHelpText("before", 'Example: fleetcron jobs next --cron "30 2 * * *" --tz America/New_York\n')
    .action(async (job: string | undefined, { limit, ...options }: NextFlags) => {
      const { nextDuesCommand } = await import("./jobs-next.ts");
      await nextDuesCommand(cli, job, { ...options, count: limit });
    });
}

function addWriting(jobs: Command, cli: Cli): void {
  jobs
    .command("add")
    .description("insert the jobs of a file: all of them, or none if one is invalid")
    .argument("<file>", "JSON file with one job or a list of them; - is standard input")
    .option("--force", "also jobs with templates that this machine's config cannot fill")
    .option("--json", "print the inserted documents as JSON")
    .addHelpText("before", "Example: fleetcron jobs add jobs.json\n")
    .action(async (file: string, options: { force?: boolean; json?: boolean }) => {
      const { addJobsFromFile } = await import("./jobs-add.ts");
      await addJobsFromFile(cli, file, options);
    });
  const changes = [
    ["enable", "let a job run by its schedule again"],
    ["disable", "keep a job from running by its schedule; it can still be run by hand"],
    ["remove", "delete a job; the records of its runs stay"],
  ] as const;
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

function addRun(jobs: Command, cli: Cli): void {
  jobs
    .command("run")
    .description("run a job now, also a disabled one, and wait for its end; ends with 1 unless it ended ok")
    .argument("<job>", jobArgument)
    .option("--no-wait", "only ask for it")
    .option("--timeout <sec>", "wait no longer than this for the end", readSeconds("--timeout"))
    .option("--json", "print the run as JSON")
    .addHelpText("before", "Example: fleetcron jobs run nightly-report\n")
    .action(async (job: string, options: { wait: boolean; timeout?: number; json?: boolean }) => {
      const { runJobCommand } = await import("./jobs-run.ts");
      await runJobCommand(cli, job, options);
    });
}
