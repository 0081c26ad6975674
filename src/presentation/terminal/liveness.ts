/** Whether the numbers on screen are current, and if not, since when and why. */
import type { EpochMs } from "../../domain/time.ts";
import type { HealthView, RiskSnapshot } from "../../domain/risk/snapshot.ts";

/** Without a new snapshot for this long the monitor itself is taken to be stuck. */
export const SILENT_MS = 5_000;

export type Liveness =
  | { readonly kind: "live" }
  | { readonly kind: "starting" }
  /** `at` is the time that the last good prices are of; `stored`: of an earlier run, perhaps of another day. */
  | { readonly kind: "stale"; readonly at: EpochMs; readonly reason: string; readonly stored?: true };

export function livenessOf(snapshot: RiskSnapshot | null, now: EpochMs): Liveness {
  if (snapshot === null) return { kind: "starting" };
  const asOf = Date.parse(snapshot.asOf);
  if (now - asOf > SILENT_MS) return { kind: "stale", at: asOf, reason: "the monitor is silent" };
  if (snapshot.status === "starting") return { kind: "starting" };
  if (snapshot.status !== "stale") return { kind: "live" };
  if (snapshot.restoredFrom !== null) {
    const reason = snapshot.statusReasons[0] ?? "restored from history";
    return { kind: "stale", at: Date.parse(snapshot.restoredFrom), reason, stored: true };
  }
  const [link] = brokerLinks(snapshot);
  const since = link === undefined || link.status === "up" ? Number.NaN : Date.parse(link.since);
  const reason = link?.detail.split(";")[0]?.trim() || snapshot.statusReasons[0] || "no data from the broker";
  return { kind: "stale", at: Number.isFinite(since) ? Math.min(since, asOf) : asOf, reason };
}

/** Of the brokers that are configured, IB first. */
export function brokerLinks({ health }: Pick<RiskSnapshot, "health">): HealthView[] {
  return (["ibkr", "futu"] as const).flatMap((name) =>
    health.filter(({ component, status }) => component === name && status !== "off")
  );
}
