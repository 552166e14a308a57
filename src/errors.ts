// Every error that a person can meet has a code here; docs/errors.md explains each, and a test compares the two.

/** Exit codes of product conventions (sysexits where one fits). */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  unreachable: 69,
  busy: 75,
  permission: 77,
  config: 78,
} as const;

/** Code → exit code of the process when nothing handles the error. */
export const errorTable = {
  usage: exitCodes.usage,
  config_missing: exitCodes.config,
  config_invalid: exitCodes.config,
  config_permissions: exitCodes.permission,
  file_exists: exitCodes.failed,
  file_unreadable: exitCodes.failed,
  file_unwritable: exitCodes.failed,
  state_dir_unusable: exitCodes.permission,
  listen_failed: exitCodes.failed,
  store_unreachable: exitCodes.unreachable,
  store_too_old: exitCodes.unreachable,
  store_auth: exitCodes.permission,
  store_permission: exitCodes.permission,
  store_failed: exitCodes.failed,
  store_damaged: exitCodes.failed,
  index_conflict: exitCodes.failed,
  fleet_tz_differs: exitCodes.config,
  already_running: exitCodes.busy,
  machine_cloned: exitCodes.busy,
  not_acknowledged: exitCodes.busy,
  not_found: exitCodes.failed,
  job_invalid: exitCodes.failed,
  job_exists: exitCodes.failed,
  run_failed: exitCodes.failed,
  run_ended: exitCodes.failed,
  notify_failed: exitCodes.failed,
  machine_live: exitCodes.failed,
  service_failed: exitCodes.failed,
  service_permission: exitCodes.permission,
} as const;

export type ErrorCode = keyof typeof errorTable;

/** The one error class. `message` says what, where, expected, got; `details` are further lines for a person. */
export class FleetCronError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly string[];

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: readonly string[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "FleetCronError";
    this.code = code;
    this.details = options.details ?? [];
  }

  get exitCode(): number {
    return errorTable[this.code];
  }
}

/** The text of anything thrown, for a message or a log field. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
