// Jobs parsed once per edition: a due job is read again at every instant, and is nearly always the one we know.
import type { InvalidJob, Job } from "../model/job.ts";
import { type DefaultSettings, jobDefaults, parseJob } from "../model/parse-job.ts";
import type { AgentSettings } from "../model/settings.ts";
import type { StoredJob } from "../store/jobs.ts";

type ParsedJob = ReturnType<typeof parseJob>;

export interface ParsedJobs {
  readonly jobs: readonly Job[];
  readonly invalid: readonly InvalidJob[];
}

const inherited: readonly (keyof DefaultSettings)[] = ["tz", "httpDefaults", "notify", "notifyDefault"];

export class JobEditions {
  #byDigest: ReadonlyMap<string, ParsedJob> = new Map();
  /** What a job inherits: an edition parsed under other defaults is another one. */
  #defaults: DefaultSettings | null = null;

  /** Parses what is not known yet, each document by itself; never throws. */
  parse(settings: AgentSettings, stored: readonly StoredJob[]): ParsedJobs {
    return this.#parse(settings, stored, new Map());
  }

  /** The same for all jobs there are: the editions kept from here on. */
  replace(settings: AgentSettings, stored: readonly StoredJob[]): ParsedJobs {
    const editions = new Map<string, ParsedJob>();
    const parsed = this.#parse(settings, stored, editions);
    this.#byDigest = editions;
    this.#defaults = settings;
    return parsed;
  }

  #parse(settings: AgentSettings, stored: readonly StoredJob[], editions: Map<string, ParsedJob>): ParsedJobs {
    const isSame = this.#defaults !== null && inherited.every((key) => this.#defaults?.[key] === settings[key]);
    const defaults = jobDefaults(settings);
    const jobs: Job[] = [];
    const invalid: InvalidJob[] = [];
    for (const { digest, read } of stored) {
      const known = isSame ? this.#byDigest.get(digest) : undefined;
      const parsed = known ?? parseJob(read(), defaults);
      editions.set(digest, parsed);
      if ("invalid" in parsed) invalid.push(parsed.invalid);
      else jobs.push(parsed.job);
    }
    return { jobs, invalid };
  }
}
