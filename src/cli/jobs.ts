// fleetcron jobs: the commands that read and run; those that write are in jobs-writing.ts
import type { Command } from "commander";
import type { Cli } from "./cli.ts";
import { addJobsWriting, jobArgument, jobsFileArgument } from "./jobs-writing.ts";
import { readCount, readSeconds, readTime, readZone } from "./read-option.ts";

export function addJobsCommand(program: Command, cli: Cli): void {
  const jobs = program
    .command("jobs")
    .description("list, write, check and run jobs")
    .addHelpText("before", "Example: fleetcron jobs list\n");
  addReading(jobs, cli);
  addNext(jobs, cli);
  addJobsWriting(jobs, cli);
  addRun(jobs, cli);
}

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
    .argument("[file]", jobsFileArgument)
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
