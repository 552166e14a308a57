// Which addresses a request may reach. Asked twice: for the url's host, since a DNS hook never sees literal addresses,
// and for every address a name resolves to, so that the connection goes to an address that was checked.
import type { LookupAddress, LookupOptions } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { hostsListedFor, isHostListed, type NetworkRules, plainHost } from "../model/network.ts";

/** A refusal on its way through the connecting code; the message is fit for a run's record. */
export class RefusedAddress extends Error {}

/** Resolves a name to all its addresses, as `lookup` of node:dns does. */
export type Resolve = (hostname: string, options: LookupOptions & { readonly all: true }, done: Resolved) => void;

type Resolved = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

const metadataNames: ReadonlySet<string> = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "instance-data",
  "instance-data.ec2.internal",
]);

/** What stands before an IPv4 address in an IPv6 address that reaches it: NAT64, IPv4-translated, IPv4-compatible. */
const embeddings = ["64:ff9b::", "::ffff:0:", "::"];

/** Link-local IPv4 and the addresses at which cloud providers hand out credentials. */
const metadataAddresses = addressList(
  ["169.254.0.0/16", "100.100.100.200/32", "192.0.0.192/32"],
  ["fd00:ec2::254/128", "fd20:ce::254/128"],
);

/** Loopback (0.0.0.0/8 and :: reach it too), private, carrier and link-local ranges, and NAT64 of a site's own. */
const privateAddresses = addressList(
  ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15"],
  ["::/128", "::1/128", "fc00::/7", "fe80::/10", "fec0::/10", "64:ff9b:1::/48"],
);

/**
 * Why a request to the url is refused, as far as its host alone tells, or null. `denyHosts` beats `allowHosts`, which
 * beats the rest.
 */
export function findRefusal(url: URL, rules: NetworkRules): string | null {
  const host = plainHost(url);
  if (isHostListed(rules.denyHosts, url)) return `${host} is in network.deny_hosts`;
  const reason = isIP(host) === 0 ? nameRefusal(host, rules, url) : addressRefusal(host, rules, url);
  return reason === null ? null : `${host} ${reason}`;
}

/**
 * A `lookup` for connections to the url's host, which fails with RefusedAddress when any address of the name is refused:
 * a name with one good and one bad address is not to be trusted with either.
 */
export function guardedLookup(rules: NetworkRules, url: URL, resolve: Resolve): LookupFunction {
  const isNameAllowed = isHostListed(rules.allowHosts, url);
  const refusalOf = ({ address }: LookupAddress): string | null => {
    const isExempt = isNameAllowed && !isAddressListed(rules.denyHosts, address, url);
    const reason = isExempt ? null : addressRefusal(address, rules, url);
    return reason === null ? null : `${address}, which ${reason}`;
  };
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const refusal = error === null ? addresses.map(refusalOf).find((reason) => reason !== null) : undefined;
      const [first] = addresses ?? [];
      if (error !== null) callback(error, []);
      else if (refusal) callback(new RefusedAddress(`${hostname} resolves to ${refusal}`), []);
      else if (options.all || first === undefined) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** Joins lookups of a name under way: the system resolver has four threads, and a dead name must not take all of them. */
export function sharedLookups(resolve: Resolve): Resolve {
  const waiting = new Map<string, Resolved[]>();
  return (hostname, options, done) => {
    const key = `${hostname} ${options.family ?? 0} ${options.hints ?? 0}`;
    const others = waiting.get(key);
    if (others !== undefined) {
      others.push(done);
      return;
    }
    const callbacks = [done];
    waiting.set(key, callbacks);
    resolve(hostname, options, (error, addresses) => {
      waiting.delete(key);
      for (const callback of callbacks) callback(error, addresses);
    });
  };
}

function nameRefusal(name: string, rules: NetworkRules, url: URL): string | null {
  if (!metadataNames.has(name) || isHostListed(rules.allowHosts, url)) return null;
  return "is a cloud metadata name; network.allow_hosts can allow it";
}

function addressRefusal(address: string, rules: NetworkRules, url: URL): string | null {
  if (isAddressListed(rules.denyHosts, address, url)) return "is in network.deny_hosts";
  if (isAddressListed(rules.allowHosts, address, url)) return null;
  if (isIn(metadataAddresses, address)) {
    return "is a link-local or cloud metadata address; network.allow_hosts can allow it";
  }
  return rules.denyPrivate && isIn(privateAddresses, address) ? "is private, and network.deny_private is on" : null;
}

/** Whether an entry names the address in any notation; its port, if it has one, is that of the url. */
function isAddressListed(entries: readonly string[], address: string, url: URL): boolean {
  if (entries.length === 0) return false;
  const hosts = hostsListedFor(entries, url);
  const list = addressList(
    hosts.filter((host) => isIP(host) === 4),
    hosts.filter((host) => isIP(host) === 6),
  );
  return isIn(list, address);
}

function isIn(list: BlockList, address: string): boolean {
  const withoutZone = address.replace(/%.*$/, "");
  return list.check(withoutZone, isIP(withoutZone) === 4 ? "ipv4" : "ipv6");
}

/** The IPv4 ranges are matched in every IPv6 form too; the IPv4-mapped one BlockList knows by itself. */
function addressList(ipv4: readonly string[], ipv6: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ipv4) {
    const [net = "", bits = "32"] = range.split("/");
    list.addSubnet(net, Number(bits), "ipv4");
    for (const prefix of embeddings) list.addSubnet(prefix + net, 96 + Number(bits), "ipv6");
    list.addSubnet(sixToFour(net), 16 + Number(bits), "ipv6");
  }
  for (const range of ipv6) {
    const [net = "", bits = "128"] = range.split("/");
    list.addSubnet(net, Number(bits), "ipv6");
  }
  return list;
}

function sixToFour(ipv4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split(".").map(Number);
  return `2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`;
}
