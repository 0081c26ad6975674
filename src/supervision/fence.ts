/** The inner fence: what the worker may do, which is what the configuration names and no more. */

/** `host:port`, the way both are dialled; an IPv6 address in brackets. */
export type HostPort = string;

/**
 * Permissions of the worker. An executable writes below `data` alone; a run from source, which is for development,
 * keeps the folders its task allows.
 */
export function workerPermissions(hosts: readonly HostPort[], standalone: boolean): Deno.PermissionOptionsObject {
  return {
    net: [...new Set(hosts)],
    read: "inherit",
    write: standalone ? ["data"] : "inherit",
    env: "inherit",
    sys: false,
    run: false,
    ffi: false,
    import: false,
  };
}

/** Permissions of the worker that keeps the store, of those that the program's worker has: the database's hosts alone. */
export function storeWorkerPermissions(
  hosts: readonly HostPort[],
  standalone: boolean,
): Deno.PermissionOptionsObject {
  return { ...workerPermissions(hosts, standalone), net: hosts.length === 0 ? false : [...new Set(hosts)] };
}

/** A configured host is outside the list that the executable was built with. */
export class HostOutsideFence extends Error {
  override readonly name = "HostOutsideFence";
  constructor(readonly host: HostPort) {
    super(
      `Cannot use ${host}, which the configuration names: this executable was built to reach loopback and private ` +
        `networks only; build it with APEX_ALLOW_NET=${host} to add the host, or with APEX_ALLOW_NET_ONLY=${host} to ` +
        `allow nothing else`,
    );
  }
}

/**
 * Checks the configured hosts against the outer fence before a worker is asked for, since the worker's own refusal
 * would not name the host.
 *
 * @throws {HostOutsideFence} for the first host that is not allowed
 */
export function requireHostsAllowed(hosts: readonly HostPort[], allowed: (host: HostPort) => boolean): void {
  for (const host of hosts) {
    if (!allowed(host)) throw new HostOutsideFence(host);
  }
}
