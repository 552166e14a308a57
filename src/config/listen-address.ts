// `127.0.0.1:9464`, `[::1]:9464`, `host:9464`: where this machine's agent answers others. The host is never left out, so
// that nobody opens a port to the world by a default.
import * as z from "zod";

const expected = "an address with a port, like 127.0.0.1:9464 or [::1]:9464";
const pattern = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+)):([0-9]{1,5})$/;
const highestPort = 65_535;

export interface ListenAddress {
  /** A name or an address, an IPv6 one without brackets. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export const listenAddress = () =>
  z
    .string({ error: expected })
    .regex(pattern, { error: expected, abort: true })
    .refine((text) => parseListenAddress(text).port <= highestPort, { error: `a port of at most ${highestPort}` });

/** Of a text that `listenAddress` has passed. */
export function parseListenAddress(text: string): ListenAddress {
  const [, inBrackets, plain = "", port] = pattern.exec(text) ?? [];
  return { host: inBrackets ?? plain, port: Number(port) };
}
