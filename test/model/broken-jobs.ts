// Job documents that are wrong, each in its own way, with the exact text a person reads. All can be stored in MongoDB.
import { brokenDefinitions } from "./broken-definitions.ts";
import { brokenForms } from "./broken-forms.ts";
import type { BrokenJob } from "./broken-job.ts";
import { brokenRequests } from "./broken-requests.ts";

export const brokenJobs: readonly BrokenJob[] = [...brokenDefinitions, ...brokenForms, ...brokenRequests];
