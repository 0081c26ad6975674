/**
 * Alerts about the monitor's own eyes: a link or another component that does not work, and P&L that the broker sees
 * differently.
 *
 * The broker's restart is part of the day. When its link is gone inside the configured window, that is announced once, and
 * once that it is back; nothing more is said unless it is still gone when the window ends.
 */
import { durationText } from "../domain/limits/breach_transition.ts";
import type { Component, HealthView, PnlCheckView, RiskSnapshot } from "../domain/risk/snapshot.ts";
import { type EpochMs, isoInstant } from "../domain/time.ts";
import { HeldCondition } from "./held_condition.ts";
import type { Alert, AlertSeverity } from "./ports/notifier.ts";
import { type RestartWindow, restartWindowEnd } from "./restart_window.ts";

export interface HealthAlertSettings {
  /** How long a component must be down or degraded before it is an alert. */
  readonly componentAfterMs: number;
  /** How long P&L must disagree with the broker's. */
  readonly pnlCheckAfterMs: number;
  /** Fraction: agreement below it is too little. */
  readonly minAccuracy: number;
  readonly restartWindows: readonly RestartWindow[];
  readonly restartTimeZone: string;
}

/** An alert without what only the program knows. */
export type AlertDraft = Pick<Alert, "subject" | "kind" | "severity" | "message" | "values">;

/** Good news need not wait long, only long enough to be true. */
const CLEARS_AFTER_MS = 5_000;

const BROKERS: readonly Component[] = ["ibkr", "futu"];

/** The channels for alerts can hardly report themselves broken. */
const UNREPORTED: readonly Component[] = ["alerts"];

const LABELS: Readonly<Record<Component, string>> = {
  ibkr: "IB",
  futu: "Futu",
  manual: "Manual positions",
  market_data: "Market data",
  database: "Database",
  monitor: "Monitor",
  alerts: "Alerts",
};

interface Watched {
  readonly bad: HeldCondition;
  readonly down: HeldCondition;
  /** Whether the open alert said "down". */
  saidDown: boolean;
}

export class HealthAlerts {
  readonly #settings: HealthAlertSettings;
  readonly #components = new Map<Component, Watched>();
  readonly #pnl: HeldCondition;
  /** The restart window that it is now, by its end; null outside. */
  #windowEnd: EpochMs | null = null;
  #brokerBad = false;
  /** No broker is up: nothing is of now. */
  #blind = false;
  /** The broker's open trouble counts as its restart: announced, and no alert yet. */
  #expected = false;
  #announced = false;
  #saidBack = false;

  constructor(settings: HealthAlertSettings) {
    this.#settings = settings;
    this.#pnl = new HeldCondition({ opensAfterMs: settings.pnlCheckAfterMs, clearsAfterMs: CLEARS_AFTER_MS });
  }

  /** The broker is gone, or has only just come back, at a time when that was to be expected. */
  get expectedOutage(): boolean {
    return this.#windowEnd !== null && (this.#brokerBad || this.#expected);
  }

  /** What is news in this snapshot. While the monitor starts, nothing is. */
  observe(snapshot: RiskSnapshot, now: EpochMs): AlertDraft[] {
    if (snapshot.status === "starting") return [];
    const { restartWindows, restartTimeZone } = this.#settings;
    this.#windowEnd = restartWindowEnd(restartWindows, restartTimeZone, now);
    const broker = snapshot.health.find(({ component }) => component === "ibkr");
    this.#brokerBad = broker !== undefined && isBad(broker);
    const enabled = snapshot.health.filter(({ component, status }) => BROKERS.includes(component) && status !== "off");
    this.#blind = enabled.every(({ status }) => status === "down");
    const drafts = snapshot.health.flatMap((view) =>
      UNREPORTED.includes(view.component) ? [] : this.#component(view, now)
    );
    if (this.#windowEnd === null) this.#announced = this.#saidBack = false;
    return [...drafts, ...this.#pnlCheck(snapshot.pnlCheck, now)];
  }

  #component(view: HealthView, now: EpochMs): AlertDraft[] {
    const watched = this.#watched(view.component);
    // Without the broker there is no market data: one trouble, one alert. Around a restart its farms come and go.
    const unjudged = view.component === "market_data" && (this.#brokerBad || this.#windowEnd !== null);
    const turn = watched.bad.observe(unjudged ? null : isBad(view), now);
    const worse = watched.down.observe(unjudged ? null : view.status === "down", now);
    const draft = view.component === "ibkr" ? this.#brokerTurn(view, watched, turn, now) : null;
    if (draft !== null) return draft;
    if (turn === "cleared") {
      const lasted = durationText(now - watched.bad.since);
      return [{
        ...draftOf(view, "cleared", "info"),
        message: `${LABELS[view.component]} works again after ${lasted}`,
      }];
    }
    const raised = worse === "opened" && watched.bad.open && !watched.saidDown;
    if (turn !== "opened" && !raised) return [];
    watched.saidDown = view.status === "down";
    return [{
      ...draftOf(view, turn === "opened" ? "opened" : "raised", this.#severityOf(view)),
      message: `${LABELS[view.component]} is ${view.status}: ${view.detail}`,
    }];
  }

  /** The broker's restart; null when it is none, and the usual holds. */
  #brokerTurn(
    view: HealthView,
    { bad }: Watched,
    turn: "opened" | "cleared" | null,
    now: EpochMs,
  ): AlertDraft[] | null {
    const { restartTimeZone } = this.#settings;
    if (turn === "opened" && this.#windowEnd !== null) {
      this.#expected = true;
      if (this.#announced) return [];
      this.#announced = true;
      const until = clockText(this.#windowEnd, restartTimeZone);
      return [{
        ...draftOf(view, "expected", "info"),
        message: `IB is ${view.status} since ${clockText(bad.since, restartTimeZone)}, which its restart explains; ` +
          `no alert about it before ${until}: ${view.detail}`,
      }];
    }
    if (!this.#expected) return null;
    if (turn === "cleared") {
      this.#expected = false;
      if (this.#saidBack) return [];
      this.#saidBack = true;
      const lasted = durationText(now - bad.since);
      return [{ ...draftOf(view, "cleared", "info"), message: `IB is back from its restart after ${lasted}` }];
    }
    if (this.#windowEnd !== null || !isBad(view)) return [];
    this.#expected = false;
    const since = clockText(bad.since, restartTimeZone);
    return [{
      ...draftOf(view, "opened", this.#severityOf(view)),
      message: `IB is ${view.status} since ${since} and did not come back from its restart: ${view.detail}`,
    }];
  }

  #pnlCheck(check: PnlCheckView, now: EpochMs): AlertDraft[] {
    const { minAccuracy } = this.#settings;
    const known = [check.unrealizedAccuracy, check.dailyAccuracy].filter((accuracy) => accuracy !== null);
    const lowest = known.length === 0 ? null : Math.min(...known);
    const turn = this.#pnl.observe(lowest === null ? null : lowest < minAccuracy, now);
    if (turn === null || lowest === null) return [];
    const values = {
      unrealizedAccuracy: check.unrealizedAccuracy,
      dailyAccuracy: check.dailyAccuracy,
      minAccuracy,
      leavesCompared: check.leavesCompared,
    };
    const subject = "pnl_check";
    if (turn === "cleared") {
      const lasted = durationText(now - this.#pnl.since);
      const message = `P&L agrees with the broker's again, to ${percent(lowest)}, after ${lasted}`;
      return [{ subject, kind: "cleared", severity: "info", message, values }];
    }
    const [worst] = check.worst;
    const where = worst === undefined
      ? ""
      : `: most in ${worst.position} (${worst.figure}), ours ${worst.ours.toFixed(2)}, theirs ${
        worst.broker.toFixed(2)
      }`;
    const message = `P&L agrees with the broker's to ${percent(lowest)} only, ${percent(minAccuracy)} wanted${where}`;
    return [{ subject, kind: "opened", severity: "warning", message, values }];
  }

  /** Without the broker that quotes, or without any, the monitor is blind; everything else leaves it something to see. */
  #severityOf({ component, status }: HealthView): AlertSeverity {
    const blinds = component === "ibkr" || (component === "futu" && this.#blind);
    return blinds && status === "down" ? "critical" : "warning";
  }

  #watched(component: Component): Watched {
    let watched = this.#components.get(component);
    if (watched === undefined) {
      const times = { opensAfterMs: this.#settings.componentAfterMs, clearsAfterMs: CLEARS_AFTER_MS };
      watched = { bad: new HeldCondition(times), down: new HeldCondition(times), saidDown: false };
      this.#components.set(component, watched);
    }
    return watched;
  }
}

function isBad({ status }: HealthView): boolean {
  return status === "down" || status === "degraded";
}

function draftOf(view: HealthView, kind: Alert["kind"], severity: AlertSeverity): Omit<AlertDraft, "message"> {
  const { component, status, detail } = view;
  return { subject: `health:${component}`, kind, severity, values: { component, status, detail } };
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}

/** `23:46 America/New_York`. */
function clockText(at: EpochMs, zone: string): string {
  return `${
    Temporal.Instant.from(isoInstant(at)).toZonedDateTimeISO(zone).toPlainTime().toString().slice(0, 5)
  } ${zone}`;
}
