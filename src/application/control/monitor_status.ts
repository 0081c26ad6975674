/** What `apex status` asks a running monitor. */
import type { HealthView, LimitView, RiskSnapshot, SessionView } from "../../domain/risk/snapshot.ts";

/** Who answers, and how the channel does. */
export interface Answerer {
  readonly pid: number;
  readonly version: string;
  /** ISO, by the machine's clock, whatever `--now` says. */
  readonly startedAt: string;
  readonly uptimeMs: number;
  /** Since the snapshot was published; null before the first. */
  readonly snapshotAgeMs: number | null;
  /** Connections to the control channel that did not show the token. */
  readonly refusedConnections: number;
}

export interface MonitorStatus extends
  Answerer,
  Pick<
    RiskSnapshot,
    "env" | "simulated" | "status" | "statusReasons" | "restoredFrom" | "asOf" | "sequence" | "baseCurrency" | "quality"
  > {
  readonly accounts: readonly string[];
  readonly positions: number;
  readonly openBreaches: OpenBreaches;
  readonly limits: readonly Pick<LimitView, "id" | "state" | "utilization">[];
  readonly session: readonly SessionView[];
  readonly health: readonly HealthView[];
  readonly turnMs: number | null;
  readonly ticksPerSecond: number | null;
  readonly memoryBytes: number | null;
  readonly clockShifted: boolean;
}

export interface OpenBreaches {
  readonly hard: number;
  readonly unknown: number;
  readonly soft: number;
  /** Of all of them. */
  readonly acknowledged: number;
}

export function monitorStatus(snapshot: RiskSnapshot, answerer: Answerer): MonitorStatus {
  const { env, simulated, status, statusReasons, restoredFrom, asOf, sequence, baseCurrency, quality } = snapshot;
  return {
    ...answerer,
    ...{ env, simulated, status, statusReasons, restoredFrom, asOf, sequence, baseCurrency, quality },
    accounts: accountsOf(snapshot),
    positions: snapshot.positions.length,
    openBreaches: openBreaches(snapshot),
    limits: snapshot.limits.map(({ id, state, utilization }) => ({ id, state, utilization })),
    session: snapshot.session,
    health: snapshot.health,
    turnMs: snapshot.monitor.turnMs,
    ticksPerSecond: snapshot.monitor.ticksPerSecond,
    memoryBytes: snapshot.monitor.memoryBytes ?? null,
    clockShifted: snapshot.monitor.clockShifted ?? false,
  };
}

/** Those with figures of their own, then those that only hold something. */
export function accountsOf({ accounts, positions }: RiskSnapshot): string[] {
  const held = positions.flatMap(({ leaves }) => leaves.map(({ account }) => account));
  return [...new Set([...accounts.map(({ account }) => account), ...held])];
}

function openBreaches({ breaches }: RiskSnapshot): OpenBreaches {
  const of = (severity: string): number => breaches.filter((breach) => breach.severity === severity).length;
  const acknowledged = breaches.filter(({ state }) => state === "acknowledged").length;
  return { hard: of("hard"), unknown: of("unknown"), soft: of("soft"), acknowledged };
}
