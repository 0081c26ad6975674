/**
 * The turn: takes what arrived, brings the state forward, assesses, judges, and publishes one immutable snapshot.
 *
 * A turn without events still counts: silence is how a dead feed is noticed. Subscribers get the snapshot and the breach
 * transitions of the turn; they must not block.
 */
import type { BookEvent, Source } from "../domain/event.ts";
import {
  acknowledge,
  type Breach,
  type Breaches,
  breachViews,
  newBreaches,
  recordBreaches,
  takeBack,
} from "../domain/limits/breach.ts";
import type { BreachTransition } from "../domain/limits/breach_transition.ts";
import { judgeLimits } from "../domain/limits/judge.ts";
import { limitInputs } from "../domain/limits/limit_inputs.ts";
import { Portfolio } from "../domain/portfolio.ts";
import { manualEntryCounts, NOT_RECONCILED, type Reconciliation } from "../domain/quality/reconciliation.ts";
import { ASSESSED_PARTS, type AssessedPart, type Assessment, RiskEngine } from "../domain/risk/assess.ts";
import {
  type EventView,
  type OrderView,
  type ReconciliationView,
  type RiskSnapshot,
  SNAPSHOT_SCHEMA,
} from "../domain/risk/snapshot.ts";
import { executionOf } from "../domain/session_fills.ts";
import type { SignalMemory } from "../domain/signals/signal_engine.ts";
import type { SignalTransition } from "../domain/signals/signal_transition.ts";
import { type EpochMs, isoInstant } from "../domain/time.ts";
import { type BrokerRead, brokersRead } from "./brokers.ts";
import { type ChannelHealth, HealthWatch, type StoreHealth } from "./health.ts";
import { Confirmation } from "./confirmation.ts";
import { remember } from "./history/recorded_fills.ts";
import { Inbox } from "./inbox.ts";
import type { Clock } from "./ports/clock.ts";
import type { LinePriorities } from "./ports/feed.ts";
import type { Log } from "./ports/log.ts";
import { isPresentable, progressText, type Readiness, readiness } from "./readiness.ts";
import { ReconciliationWatch } from "./reconciliation_watch.ts";
import type { Settings } from "./settings.ts";
import { SignalWatch } from "./signal_watch.ts";
import { restoreBook, type WarmStart } from "./warm_start.ts";

export interface Published {
  readonly snapshot: RiskSnapshot;
  readonly transitions: readonly BreachTransition[];
  /** Each transition with the breach after it; of a cleared one, as it was. */
  readonly steps: readonly { readonly transition: BreachTransition; readonly breach: Breach }[];
  readonly signalTransitions: readonly SignalTransition[];
}

export interface MonitorPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Told what should have lines, most important first. */
  readonly prioritise: (priorities: LinePriorities) => void;
  /** The wall clock runs shifted (`--now`): said in every snapshot. */
  readonly clockShifted: boolean;
  /** Why the log's lines do not reach the disk; null when they do. */
  readonly logTrouble?: () => string | null;
  /** Resident memory of the process; left out where nobody can tell. */
  readonly memoryBytes?: () => number;
}

/** Fills and breach transitions that a snapshot still tells. */
const EVENTS_KEPT = 20;

/** Fills whose size is remembered for when one is taken back. */
const FILLS_REMEMBERED = 10_000;

/** A file that fits no broker at all would fill the log. */
const DIFFERENCES_LOGGED = 20;

/** Largest exposures change places with every tick; their lines need not follow at once. */
const REPRIORITISE_MS = 30_000;

export class Monitor {
  readonly portfolio = new Portfolio();
  readonly inbox: Inbox;
  /** Asked each turn how the channels for alerts do; null where there are none. */
  alertsHealth: () => ChannelHealth | null = () => null;
  /** Asked each turn how the store of history does; null where there is none. */
  databaseHealth: () => StoreHealth | null = () => null;
  readonly #settings: Settings;
  readonly #ports: MonitorPorts;
  readonly #brokers: readonly BrokerRead[];
  readonly #engine: RiskEngine;
  readonly #health = new HealthWatch();
  readonly #reconciliation: ReconciliationWatch;
  readonly #signals: SignalWatch;
  readonly #confirmation: Confirmation;
  #reconciled: Reconciliation = NOT_RECONCILED;
  readonly #subscribers = new Set<(published: Published) => void>();
  readonly #eventListeners = new Set<(event: BookEvent) => void>();
  readonly #moveListeners = new Set<(now: EpochMs) => void>();
  readonly #startedAt: EpochMs;
  #breaches: Breaches;
  #pendingTransitions: BreachTransition[] = [];
  /** Fills that were told, by source, account and execution. */
  readonly #fills = new Map<string, { readonly quantity: number; readonly price: number }>();
  #sequence = 0;
  #starting = true;
  #turnMs = 0;
  #ticksSeen = 0;
  #ticksSince: number;
  #ticksPerSecond: number | null = null;
  #prioritisedAt = Number.NEGATIVE_INFINITY;
  #prioritised = "";
  #stopTimer: (() => void) | null = null;
  #last: RiskSnapshot | null = null;
  #accountShown: string | null = null;
  /** Newest first. */
  #events: readonly EventView[] = [];

  constructor(settings: Settings, ports: MonitorPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#engine = new RiskEngine(settings.risk);
    this.#brokers = brokersRead(settings);
    for (const { source } of this.#brokers) this.portfolio.expectedSources.add(source);
    this.#reconciliation = new ReconciliationWatch(this.portfolio, settings);
    this.portfolio.quotes.watchJumps(settings.risk.quality);
    this.#signals = new SignalWatch(settings.risk, ports.log);
    this.#confirmation = new Confirmation({ ...startup(settings), requestsPerSecond: settings.ibkr.requestsPerSecond });
    this.#breaches = newBreaches(settings.risk.limits);
    this.#startedAt = ports.clock.now();
    this.#ticksSince = ports.clock.monotonic();
    this.inbox = new Inbox(this.portfolio.registry, settings.monitor.inboxEvents);
  }

  /** The newest snapshot; null before the first turn. */
  get last(): RiskSnapshot | null {
    return this.#last;
  }

  subscribe(subscriber: (published: Published) => void): () => void {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  /** Turns at the configured cadence, or at once when something urgent arrives. */
  start(): void {
    const { clock } = this.#ports;
    const schedule = (ms: number): void => {
      this.#stopTimer = clock.after(ms, run);
    };
    let soon = false;
    const run = (): void => {
      soon = false;
      const began = clock.monotonic();
      this.turn();
      const tookMs = clock.monotonic() - began;
      // From turn to turn, so that no quote waits longer than the cadence; but at least half the time is for what arrives.
      const restMs = Math.max(this.#settings.monitor.cadenceMs - tookMs, tookMs);
      // Something urgent that came during the turn has its own timer already: a second one would never end.
      if (this.#stopTimer !== null && !soon) schedule(restMs);
    };
    this.inbox.onUrgent(() => {
      if (soon || this.#stopTimer === null) return;
      soon = true;
      this.#stopTimer();
      schedule(0);
    });
    schedule(0);
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
  }

  /**
   * Takes in what an earlier run stored, before the sources are connected; no transition tells of it. Whatever a source has
   * said already stays as it is.
   */
  restore(warm: WarmStart): void {
    this.#ports.log.write("INFO", "SYSTEM", warm.note);
    if (warm.books.length === 0 && warm.accounts.length === 0) return;
    // The calendar must know the time before it is asked for the holdings' sessions.
    this.portfolio.moveTo(this.#ports.clock.now());
    this.#reconciliation.expectContinuation(restoreBook(this.portfolio, warm));
    const restored = warm.breaches.filter(({ limit }) => !this.#breaches.open.has(limit.id));
    const { open } = newBreaches(this.#settings.risk.limits, [...restored, ...this.#breaches.open.values()]);
    this.#breaches = { ...this.#breaches, open };
    this.#signals.restore({ peaks: [...warm.peaks], active: warm.signals });
    this.#confirmation.begin(restored.map(({ limit }) => limit.id));
  }

  readiness(): Readiness {
    return this.#readiness(this.#ports.clock.now());
  }

  /** What the signals carry into the next run. */
  signalMemory(): SignalMemory {
    return this.#signals.exportMemory();
  }

  /** Calls with each event just before the book takes it in. */
  onEvent(listener: (event: BookEvent) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  /**
   * Calls before each turn moves the book to a new time. The book is then still the one that the last snapshot shows: what a
   * session's end takes from it can be read for the last time.
   */
  onMove(listener: (now: EpochMs) => void): () => void {
    this.#moveListeners.add(listener);
    return () => this.#moveListeners.delete(listener);
  }

  /** From the next turn on the snapshot has this account's own share of the book; null: of none. */
  showAccount(account: string | null): void {
    this.#accountShown = account;
  }

  /** Takes note that a person has seen a breach or a signal. An id that is not open changes nothing. */
  acknowledge(id: string, by: string, note: string | null): void {
    const now = this.#ports.clock.now();
    this.#signals.acknowledge(id, by, note, now);
    const step = acknowledge(this.#breaches, id, by, note, now);
    this.#breaches = step.state;
    this.#pendingTransitions.push(...step.transitions);
  }

  takeBack(id: string): void {
    const step = takeBack(this.#breaches, id, this.#ports.clock.now());
    this.#breaches = step.state;
    this.#pendingTransitions.push(...step.transitions);
  }

  /** One turn. */
  turn(): RiskSnapshot {
    const { clock } = this.#ports;
    const began = clock.monotonic();
    const now = clock.now();
    for (const listener of this.#moveListeners) listener(now);
    this.portfolio.moveTo(now);
    this.inbox.drainTo({
      apply: (event) => {
        this.#reconciliation.note(event);
        this.#noteConfirmation(event);
        if (event.kind === "simulated") this.#keepApart(event.source);
        for (const listener of this.#eventListeners) listener(event);
        this.portfolio.apply(event);
        this.#note(event);
      },
      tick: (instrument, field, value, at) => this.portfolio.tick(instrument, field, value, at),
      earlierTick: (instrument, field, value, at) => this.portfolio.tick(instrument, field, value, at),
      brokerTime: (instrument, time) => this.portfolio.brokerTime(instrument, time),
    });
    const ready = this.#readiness(now);
    this.#leaveStart(ready, now);
    const assessment = this.#engine.assess(this.portfolio, now, this.#accountShown);
    this.#confirmation.turn(this.portfolio, ready, now);
    const judged = !this.#starting && this.#confirmation.judges;
    const limits = judgeLimits(
      this.#settings.risk.limits,
      limitInputs(assessment, this.#settings.risk.marginBasis),
      this.#starting,
    );
    const before = this.#breaches.open;
    const step = recordBreaches(
      this.#breaches,
      judged ? this.#confirmation.recorded(limits, this.#breaches.open) : null,
      now,
    );
    this.#breaches = step.state;
    const transitions = [...this.#pendingTransitions, ...step.transitions];
    for (const { message, at } of transitions) this.#remember(message, at);
    this.#pendingTransitions = [];
    const signals = this.#signals.turn(this.portfolio, assessment, !judged, now);
    this.#countTicks(began);
    this.#reconcile(now);
    const { status, reasons, restoredFrom, health } = this.#health.report({
      portfolio: this.portfolio,
      assessment,
      settings: this.#settings,
      startedAt: this.#startedAt,
      now,
      starting: this.#starting ? progressText(ready, startup(this.#settings)) : null,
      unanswered: this.#starting ? 0 : ready.lines - ready.answered,
      judged,
      turnMs: this.#turnMs,
      clockShifted: this.#ports.clockShifted,
      reconciliation: this.#reconciled,
      alerts: this.alertsHealth(),
      database: this.databaseHealth(),
      logTrouble: this.#ports.logTrouble?.() ?? null,
    });
    const snapshot: RiskSnapshot = {
      schema: SNAPSHOT_SCHEMA,
      asOf: isoInstant(now),
      env: this.#settings.env,
      simulated: this.#settings.env === "demo" || this.portfolio.simulatedSources.size > 0,
      sequence: ++this.#sequence,
      status,
      statusReasons: reasons,
      restoredFrom: restoredFrom === null ? null : isoInstant(restoredFrom),
      ...published(assessment),
      limits,
      breaches: breachViews(this.#breaches),
      signals: signals.views,
      orders: this.#orders(),
      reconciliation: this.#reconciled.rows,
      reconciliationSummary: this.#reconciled.summary,
      health,
      monitor: {
        turnMs: this.#turnMs,
        ticksPerSecond: this.#ticksPerSecond,
        oldestLiveQuoteMs: assessment.oldestLiveQuoteMs,
        conflated: this.inbox.conflated,
        inboxEvents: this.inbox.waiting,
        linesUsed: assessment.linesUsed,
        linesAllowed: this.#settings.ibkr.marketDataLines,
        clockShifted: this.#ports.clockShifted,
        memoryBytes: this.#ports.memoryBytes?.() ?? null,
      },
      events: this.#events,
    };
    this.#last = snapshot;
    this.#turnMs = clock.monotonic() - began;
    this.#prioritise(assessment);
    for (const transition of transitions) this.#logTransition(transition);
    const steps = transitions.flatMap((transition) => {
      const breach = step.state.open.get(transition.id) ?? before.get(transition.id);
      return breach === undefined ? [] : [{ transition, breach }];
    });
    for (const subscriber of this.#subscribers) {
      subscriber({ snapshot, transitions, steps, signalTransitions: signals.transitions });
    }
    return snapshot;
  }

  #readiness(now: EpochMs): Readiness {
    const manualCounts = manualEntryCounts(this.#settings.risk.reconciliation.manual, false);
    return readiness(this.portfolio, this.#brokers, now, manualCounts);
  }

  #leaveStart(ready: Readiness, now: EpochMs): void {
    if (!this.#starting) return;
    const { fraction, timeoutSec } = startup(this.#settings);
    if (isPresentable(ready, fraction)) {
      this.#starting = false;
    } else if (now - this.#startedAt >= timeoutSec * 1000) {
      this.#starting = false;
      this.#ports.log.write("WARN", "SYSTEM", `Starting took longer than ${timeoutSec} s: showing what there is`, {
        answered: ready.answered,
        lines: ready.lines,
      });
    }
    this.portfolio.startOver = !this.#starting;
  }

  /** Differences are logged once, when they come up or change. */
  #reconcile(now: EpochMs): void {
    const before = this.#reconciled;
    this.#reconciled = this.#reconciliation.report(now);
    if (this.#reconciled === before) return;
    const known = new Set(before.rows.map(rowText));
    const fresh = this.#reconciled.rows.filter((row) => !known.has(rowText(row)));
    for (const row of fresh.slice(0, DIFFERENCES_LOGGED)) {
      const level = row.status === "EXPLAINED" ? "INFO" : "WARN";
      this.#ports.log.write(level, "DATA", rowText(row), { ...row.quantities });
    }
    const rest = fresh.length - DIFFERENCES_LOGGED;
    if (rest > 0) {
      this.#ports.log.write("WARN", "DATA", `and ${rest} more differences between the sources of positions`, {});
    }
  }

  #countTicks(began: number): void {
    const elapsed = began - this.#ticksSince;
    if (elapsed < 1_000) return;
    this.#ticksPerSecond = (this.inbox.ticks - this.#ticksSeen) / (elapsed / 1000);
    this.#ticksSeen = this.inbox.ticks;
    this.#ticksSince = began;
  }

  #prioritise({ linePriorities }: Assessment): void {
    const now = this.#ports.clock.monotonic();
    const { accounts, positions, underlyings } = this.portfolio;
    const currencies = accounts.currencies();
    const held = `${positions.revision} ${underlyings.size} ${currencies.join(" ")}`;
    if (held === this.#prioritised && now - this.#prioritisedAt < REPRIORITISE_MS) return;
    this.#prioritised = held;
    this.#prioritisedAt = now;
    this.#ports.prioritise({ instruments: linePriorities(), currencies });
  }

  #orders(): OrderView[] {
    return [...this.portfolio.orders.values()].map((order) => ({
      source: order.source,
      account: order.account,
      orderId: order.orderId,
      instrument: order.instrument === null ? null : this.portfolio.registry.at(order.instrument).localSymbol,
      action: order.action,
      quantity: order.quantity,
      filled: order.filled,
      orderType: order.orderType,
      limitPrice: order.limitPrice,
      status: order.status,
    }));
  }

  /** The first complete download ends what was restored of its source. Called before the book takes it in. */
  #noteConfirmation(event: BookEvent): void {
    const { positions } = this.portfolio;
    if (event.kind !== "positions" || !positions.hasRestored(event.source)) return;
    const gone =
      [...positions.restoredBooks()].filter(({ source, account }) =>
        source === event.source && !event.accounts.includes(account)
      ).length;
    if (gone > 0) {
      // Without their numbers: the log learns which to mask from what is shown.
      const accounts = gone === 1 ? "1 account that history holds is" : `${gone} accounts that history holds are`;
      this.#ports.log.write("WARN", "DATA", `${accounts} not among ${event.source}'s, and not shown any more`);
    }
    this.#ports.log.write("INFO", "DATA", `${event.source} has confirmed what it holds`, { rows: event.rows.length });
  }

  /** The source turns out to be a simulator: a real book that was restored and a simulated one are never mixed. */
  #keepApart(source: Source): void {
    // A simulation begins its book anew: what it held last time is no holding that an execution could explain.
    this.#reconciliation.expectNoContinuation(source);
    if (this.#settings.env === "demo" || !this.portfolio.positions.hasRestored(source)) return;
    this.portfolio.dropRestored(source);
    const restored = this.#confirmation.end();
    const open = new Map([...this.#breaches.open].filter(([id]) => !restored.has(id)));
    this.#breaches = { ...this.#breaches, open };
    this.#signals.restore({ peaks: [], active: [] });
    this.#ports.log.write("WARN", "SYSTEM", `${source} is a simulator: what history holds of a real book is not shown`);
  }

  /** Fills of the running session are worth a line; those of before the start were yesterday's news already. */
  #note(event: BookEvent): void {
    if (event.kind !== "execution" || event.time < this.#startedAt) return;
    const { source, account, execId, quantity, price } = event;
    const key = `${source}|${account}|${executionOf(source, execId).root}`;
    const before = this.#fills.get(key);
    remember(this.#fills, key, { quantity, price }, FILLS_REMEMBERED);
    const isTakenBack = quantity === 0;
    // Of what size it was is not known: nothing was told of it.
    if (isTakenBack && (before === undefined || before.quantity === 0)) return;
    const { symbol, localSymbol } = this.portfolio.registry.at(event.instrument);
    const words = isTakenBack
      ? `fill of ${Math.abs(before!.quantity)} ${localSymbol || symbol} at ${before!.price} taken back`
      : `${quantity > 0 ? "bought" : "sold"} ${Math.abs(quantity)} ${localSymbol || symbol} at ${price}`;
    this.#remember(words, isTakenBack ? this.#ports.clock.now() : event.time);
    this.#ports.log.write("INFO", "TRADING", words, { account, execId });
  }

  #remember(text: string, at: EpochMs): void {
    this.#events = [{ at: isoInstant(at), text }, ...this.#events].slice(0, EVENTS_KEPT);
  }

  #logTransition(transition: BreachTransition): void {
    const { id, kind, severity, message, value, limit, utilization } = transition;
    const level = kind === "cleared" || kind === "acknowledged" || kind === "taken-back"
      ? "INFO"
      : severity === "hard"
      ? "ERROR"
      : "WARN";
    this.#ports.log.write(level, "ALERT", message, { id, transition: kind, severity, value, limit, utilization });
  }
}

function rowText({ status, key, detail }: ReconciliationView): string {
  return `${status} ${key}: ${detail}`;
}

function startup(settings: Settings): { fraction: number; timeoutSec: number } {
  return { fraction: settings.startup.answeredFraction, timeoutSec: settings.startup.timeoutSec };
}

/** The parts of an assessment that the snapshot shows. */
function published(assessment: Assessment): Pick<RiskSnapshot, AssessedPart> {
  return Object.fromEntries(ASSESSED_PARTS.map((part) => [part, assessment[part]])) as Pick<RiskSnapshot, AssessedPart>;
}
