// Which addresses a request may reach. Asked twice: for the url's host, since a DNS hook never sees literal addresses,
// and for every address a name resolves to, so that the connection goes to an address that was checked.
import { type LookupAddress, type LookupOptions, lookup as systemLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { isHostListed, type NetworkRules, plainHost } from "../model/network.ts";

/** A refusal on its way through the connecting code; the message is fit for a run's record. */
export class RefusedAddress extends Error {}

const metadataNames: ReadonlySet<string> = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "instance-data",
  "instance-data.ec2.internal",
]);

/** Link-local IPv4 and the addresses at which cloud providers hand out credentials. */
const metadataAddresses = addressList(
  ["169.254.0.0/16", "100.100.100.200/32"],
  ["fd00:ec2::254/128", "fd20:ce::254/128"],
);

/** Loopback (0.0.0.0/8 and :: reach it too), private, carrier and link-local ranges. */
const privateAddresses = addressList(
  ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15"],
  ["::/128", "::1/128", "fc00::/7", "fe80::/10"],
);

/**
 * Why a request to the url is refused, as far as its host alone tells, or null. `denyHosts` beats `allowHosts`, which
 * beats the rest.
 */
export function findRefusal(url: URL, rules: NetworkRules): string | null {
  const host = plainHost(url);
  if (isHostListed(rules.denyHosts, url)) return `${host} is in network.deny_hosts`;
  if (isHostListed(rules.allowHosts, url)) return null;
  const reason = metadataNames.has(host)
    ? "is a cloud metadata name; network.allow_hosts can allow it"
    : isIP(host) === 0
      ? null
      : addressRefusal(host, rules);
  return reason === null ? null : `${host} ${reason}`;
}

/**
 * A `lookup` for net.connect that fails with RefusedAddress when any address of the name is refused: a name with one
 * good and one bad address is not to be trusted with either. `isNameAllowed`: the name itself is in `allowHosts`.
 */
export function guardedLookup(rules: NetworkRules, isNameAllowed: boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolveOnce(hostname, options, (error, addresses) => {
      const refusal = addresses.map(({ address }) => resolvedRefusal(address, rules, isNameAllowed)).find(Boolean);
      const [first] = addresses;
      if (error !== null) callback(error, []);
      else if (refusal) callback(new RefusedAddress(`${hostname} resolves to ${refusal}`), []);
      else if (options.all || first === undefined) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

type Resolved = (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void;

const resolving = new Map<string, Resolved[]>();

/** Shares a lookup under way: the system resolver has four threads, and a dead name must not take all of them. */
function resolveOnce(hostname: string, options: LookupOptions, done: Resolved): void {
  const key = `${hostname} ${options.family ?? 0} ${options.hints ?? 0}`;
  const waiting = resolving.get(key);
  if (waiting !== undefined) {
    waiting.push(done);
    return;
  }
  const callbacks = [done];
  resolving.set(key, callbacks);
  systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
    resolving.delete(key);
    for (const callback of callbacks) callback(error, error === null ? addresses : []);
  });
}

function resolvedRefusal(address: string, rules: NetworkRules, isNameAllowed: boolean): string | null {
  const isDenied = isAddressListed(rules.denyHosts, address);
  const reason = isDenied ? "is in network.deny_hosts" : isNameAllowed ? null : addressRefusal(address, rules);
  return reason === null ? null : `${address}, which ${reason}`;
}

function addressRefusal(address: string, rules: NetworkRules): string | null {
  if (isAddressListed(rules.allowHosts, address)) return null;
  if (isIn(metadataAddresses, address)) {
    return "is a link-local or cloud metadata address; network.allow_hosts can allow it";
  }
  return rules.denyPrivate && isIn(privateAddresses, address) ? "is private, and network.deny_private is on" : null;
}

function isAddressListed(entries: readonly string[], address: string): boolean {
  if (entries.length === 0) return false;
  const list = new BlockList();
  for (const entry of entries) {
    const version = isIP(entry.replace(/^\[(.*)\]$/, "$1"));
    if (version !== 0) list.addAddress(entry.replace(/^\[(.*)\]$/, "$1"), version === 4 ? "ipv4" : "ipv6");
  }
  return isIn(list, address);
}

function isIn(list: BlockList, address: string): boolean {
  const withoutZone = address.replace(/%.*$/, "");
  return list.check(withoutZone, isIP(withoutZone) === 4 ? "ipv4" : "ipv6");
}

/** IPv4-mapped IPv6 is matched by BlockList itself; NAT64 is added, since it reaches the IPv4 address as well. */
function addressList(ipv4: readonly string[], ipv6: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ipv4) {
    const [net = "", bits = "32"] = range.split("/");
    list.addSubnet(net, Number(bits), "ipv4");
    list.addSubnet(`64:ff9b::${net}`, 96 + Number(bits), "ipv6");
  }
  for (const range of ipv6) {
    const [net = "", bits = "128"] = range.split("/");
    list.addSubnet(net, Number(bits), "ipv6");
  }
  return list;
}
