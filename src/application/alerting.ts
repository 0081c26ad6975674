/**
 * Turns what the monitor publishes into alerts, and hands them to every channel. Nothing here waits: a turn of the monitor is
 * never held up by a channel.
 *
 * Alerts are the opening, worsening, escalation and clearing of a breach, what `health_alerts.ts` finds, and the signals
 * that `signal_alerts.ts` lets through. A breach that gets better without clearing, and one that somebody acknowledges, is no
 * alert. The monitor itself logs breaches and signals; the others are logged here.
 */
import type { BreachTransition, TransitionKind } from "../domain/limits/breach_transition.ts";
import type { EpochMs } from "../domain/time.ts";
import { isoInstant } from "../domain/time.ts";
import { AlertDelivery, type DeliverySettings, type DeliveryStatus } from "./alert_delivery.ts";
import { type AlertDraft, HealthAlerts, type HealthAlertSettings } from "./health_alerts.ts";
import { type SignalAlertChoice, SignalAlerts } from "./signal_alerts.ts";
import type { ChannelHealth } from "./health.ts";
import type { Published } from "./monitor.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { Alert, AlertKind, AlertSeverity, Notifier } from "./ports/notifier.ts";

export interface AlertingPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly notifiers: readonly Notifier[];
}

export interface AlertingSettings {
  /** Which signals are alerts: the critical ones, warnings too, or none. */
  readonly signals: SignalAlertChoice;
  readonly delivery: DeliverySettings;
  readonly health: HealthAlertSettings;
}

type Observed = Pick<Published, "snapshot" | "transitions" | "signalTransitions">;

export class Alerting {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #health: HealthAlerts;
  readonly #signals: SignalAlerts;
  readonly #deliveries: readonly AlertDelivery[];
  /** Limits that nobody can judge during an expected outage, by breach: told only if they stay so after it. */
  readonly #held = new Map<string, AlertDraft[]>();
  #made = 0;
  /** Of the newest snapshot; null before the first. */
  #about: Pick<Alert, "env" | "simulated"> | null = null;

  constructor(settings: AlertingSettings, ports: AlertingPorts) {
    const { clock, log } = ports;
    this.#clock = clock;
    this.#log = log;
    this.#health = new HealthAlerts(settings.health);
    this.#signals = new SignalAlerts(settings.signals);
    this.#deliveries = ports.notifiers.map((notifier) =>
      new AlertDelivery(settings.delivery, { notifier, clock, log })
    );
  }

  /** Takes one turn of the monitor. */
  observe({ snapshot, transitions, signalTransitions }: Observed): void {
    const now = this.#clock.now();
    const about = { env: snapshot.env, simulated: snapshot.simulated };
    this.#about = about;
    const news = this.#health.observe(snapshot, now);
    for (const draft of news) this.#write(draft, about.simulated);
    const drafts = [...news, ...transitions.flatMap((transition) => this.#breach(transition))];
    if (this.#held.size > 0 && !this.#health.expectedOutage) {
      drafts.push(...[...this.#held.values()].flat());
      this.#held.clear();
    }
    drafts.push(...this.#signals.observe(signalTransitions, now));
    for (const draft of drafts) this.#deliver(this.#numbered(draft, now, about));
  }

  /** How each channel does. */
  status(): DeliveryStatus[] {
    return this.#deliveries.map((delivery) => delivery.status);
  }

  /** All channels as one component of the monitor; null when there are none. */
  health(): ChannelHealth | null {
    const all = this.status();
    if (all.length === 0) return null;
    const details = all.map(({ name, trouble, messagesSent, waiting, lost }) =>
      trouble === null
        ? `${name}: ${messagesSent} sent`
        : `${name}: ${trouble}; ${waiting} wait${lost > 0 ? `, ${lost} lost` : ""}`
    );
    return { status: all.some(({ trouble }) => trouble !== null) ? "degraded" : "up", detail: details.join("; ") };
  }

  /** Lets every channel make a last short attempt with what waits. */
  async stop(): Promise<void> {
    const now = this.#clock.now();
    const about = this.#about;
    if (about !== null) { for (const draft of this.#signals.flush()) this.#deliver(this.#numbered(draft, now, about)); }
    await Promise.all(this.#deliveries.map((delivery) => delivery.stop()));
  }

  #breach(transition: BreachTransition): AlertDraft[] {
    const draft = breachAlert(transition);
    if (draft === null) return [];
    const { id, severity } = transition;
    const held = this.#held.get(id);
    if (severity === "unknown" && draft.kind !== "cleared" && (held !== undefined || this.#health.expectedOutage)) {
      this.#held.set(id, [...held ?? [], draft]);
      return [];
    }
    this.#held.delete(id);
    // Nobody was told that it opened.
    return held !== undefined && draft.kind === "cleared" ? [] : [draft];
  }

  #numbered(draft: AlertDraft, at: EpochMs, about: Pick<Alert, "env" | "simulated">): Alert {
    return { ...draft, ...about, at, id: `${isoInstant(at)}/${++this.#made}/${draft.subject}` };
  }

  #deliver(alert: Alert): void {
    for (const delivery of this.#deliveries) delivery.add(alert);
  }

  #write({ subject, kind, severity, message, values }: AlertDraft, simulated: boolean): void {
    this.#log.write(LOG_LEVELS[severity], "ALERT", message, { subject, kind, simulated, ...values });
  }
}

const LOG_LEVELS = { info: "INFO", warning: "WARN", critical: "ERROR" } as const;

const KINDS: Readonly<Record<TransitionKind, AlertKind | null>> = {
  opened: "opened",
  raised: "raised",
  lowered: null,
  relabelled: null,
  escalated: "escalated",
  acknowledged: null,
  "taken-back": null,
  cleared: "cleared",
};

/** Null when the transition is nothing to be alerted to. */
function breachAlert(transition: BreachTransition): AlertDraft | null {
  const kind = KINDS[transition.kind];
  if (kind === null) return null;
  const { id, rule, scope, severity, value, limit, utilization, message } = transition;
  return {
    subject: `limit:${id}`,
    kind,
    severity: severityOf(kind, severity),
    message,
    values: { rule, scope, state: kind === "cleared" ? "cleared" : severity, value, limit, utilization },
  };
}

/** What nobody has acknowledged in time is critical, whatever it was before. */
function severityOf(kind: AlertKind, severity: BreachTransition["severity"]): AlertSeverity {
  if (kind === "cleared") return "info";
  return kind === "escalated" || severity === "hard" ? "critical" : "warning";
}
