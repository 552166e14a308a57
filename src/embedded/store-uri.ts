// The address of a served store, as the driver and mongosh take it.
import type { Address } from "./wire/server.ts";

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** `login` counts on a port alone: on a socket its folder is the access control. */
export function storeUri(address: Address, login: () => Login): string {
  if ("socket" in address) return `mongodb://${encodeURIComponent(address.socket)}/?directConnection=true`;
  const { user, password } = login();
  const options = "directConnection=true&authSource=admin&authMechanism=SCRAM-SHA-256";
  return `mongodb://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${address.port}/?${options}`;
}
