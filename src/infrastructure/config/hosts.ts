/** The addresses that the configuration lets the program reach. */
import type { Settings } from "../../application/settings.ts";
import { parseDsn } from "./dsn.ts";

/**
 * `host:port` of every configured service, exactly as it is dialled, IPv6 in brackets: the network permission of the
 * program's worker. In the demo the brokers are simulators on ports found at the start, so whoever finds them adds them.
 */
export function configuredHosts(settings: Settings): readonly string[] {
  const { alerts, ibkr, futu, database } = settings;
  const hosts: string[] = [];
  const isDemo = settings.env === "demo";
  if (ibkr.enabled && !isDemo) hosts.push(hostPort(ibkr.host, ibkr.port));
  if (futu.enabled && !isDemo) hosts.push(hostPort(futu.host, futu.port));
  hosts.push(...databaseHosts(database));
  if (alerts.webhook !== null) hosts.push(urlHostPort(new URL(alerts.webhook.url)));
  return [...new Set(hosts)];
}

/** `host:port` of each of the database's servers; none for the embedded store. */
export function databaseHosts({ dsn }: Settings["database"]): readonly string[] {
  const parsed = dsn === null ? null : parseDsn(dsn);
  return parsed?.kind === "postgresql" ? parsed.hosts : [];
}

/** `host:port` of the Flex web service; null where it is not asked. Only a backfill reaches it, if the build allows it. */
export function flexHost({ token, url }: Settings["flex"]): string | null {
  return token === null ? null : urlHostPort(new URL(url));
}

/** An address without a port means its scheme's own. */
function urlHostPort({ protocol, hostname, port }: URL): string {
  return `${hostname}:${port !== "" ? port : protocol === "https:" ? "443" : "80"}`;
}

function hostPort(host: string, port: number): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]:${port}` : `${host}:${port}`;
}
