import type { Address } from "../../application/ports/network.ts";

/** `127.0.0.1:7497`, `[::1]:7497`. */
export function addressText({ host, port }: Address): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]:${port}` : `${host}:${port}`;
}
