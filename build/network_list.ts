/** The hosts that an executable is built to reach: the outer fence. */

/** Loopback and private networks, as IP literals: a name could be made to point elsewhere. */
const DEFAULT_LIST = ["localhost", "127.0.0.0/8", "[::1]", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** What the environment of the build says about hosts; undefined: nothing. */
export interface NetworkSettings {
  /** Hosts beside the default list, with commas between them. */
  readonly allowNet: string | undefined;
  /** Hosts in place of the default list. */
  readonly allowNetOnly: string | undefined;
}

/**
 * The entries of `--allow-net`.
 *
 * @throws {RangeError} listing every entry that is not a host, a host with a port, or a network
 */
export function networkList(settings: NetworkSettings): string[] {
  const added = entries("APEX_ALLOW_NET", settings.allowNet);
  const only = entries("APEX_ALLOW_NET_ONLY", settings.allowNetOnly);
  const faults = [...added, ...only].flatMap(({ variable, entry }) => {
    const fault = faultOf(entry);
    return fault === null ? [] : [`  ${variable}: ${entry === "" ? "an empty entry" : entry}: ${fault}`];
  });
  if (faults.length > 0) throw new RangeError(["Cannot build with these hosts:", ...faults].join("\n"));
  const base = only.length > 0 ? only.map(({ entry }) => entry) : DEFAULT_LIST;
  return [...new Set([...base, ...added.map(({ entry }) => entry)])];
}

function entries(variable: string, text: string | undefined): { variable: string; entry: string }[] {
  if (text === undefined || text.trim() === "") return [];
  return text.split(",").map((entry) => ({ variable, entry: entry.trim() }));
}

/** Why the runtime would refuse the entry, or worse, take it for something wider; null when it is right. */
function faultOf(entry: string): string | null {
  if (entry === "") return "write host, host:port, address/bits or [IPv6], with commas between them";
  if (entry.includes("://") || entry.includes("@")) {
    return "write the host and port alone, without scheme, user or path";
  }
  const parts = /^(\[[0-9a-fA-F:.]+\]|[^:/[\]]+)(?:\/(\d+))?(?::(\d+))?$/.exec(entry);
  if (parts === null) {
    return entry.split(":").length > 2
      ? "write an IPv6 address in brackets, such as [::1]:5432"
      : "write host, host:port, address/bits or [IPv6]";
  }
  const [, host = "", bits, port] = parts;
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) return "a port is a number from 1 to 65535";
  if (host.startsWith("[")) {
    return bits !== undefined && Number(bits) > 128 ? "an IPv6 network has at most 128 bits" : null;
  }
  if (/^[\d.]+$/.test(host)) return faultOfIpv4(host, bits);
  if (bits !== undefined) return "only an IP address can be given with a number of bits";
  return faultOfName(host);
}

function faultOfIpv4(address: string, bits: string | undefined): string | null {
  const octets = address.split(".");
  if (octets.length !== 4 || octets.some((octet) => octet === "" || Number(octet) > 255)) {
    return "an IPv4 address has four numbers from 0 to 255";
  }
  return bits !== undefined && Number(bits) > 32 ? "an IPv4 network has at most 32 bits" : null;
}

function faultOfName(name: string): string | null {
  const labels = name.split(".");
  if (name === "*" || labels.slice(1).some((label) => label.includes("*"))) {
    return "a star stands for the first part of a name only, such as *.corp";
  }
  const wrong = labels.some((label, index) =>
    !/^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?$/.test(label) && !(index === 0 && label === "*" && labels.length > 1)
  );
  return wrong ? "this is no host name" : null;
}
