// Secrets as the chain uses them: resolved values that never leave the process except inside a request.

export interface Secret {
  readonly value: string;
  /** Hosts it may be sent to; null = any. */
  readonly hosts: readonly string[] | null;
}

export type Secrets = ReadonlyMap<string, Secret>;
