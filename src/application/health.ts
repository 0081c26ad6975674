/** Whether the parts of the monitor work, and the status of the whole that follows. */
import { QUOTING_BROKER, type Source } from "../domain/event.ts";
import type { LinkView, Portfolio } from "../domain/portfolio.ts";
import type { Reconciliation } from "../domain/quality/reconciliation.ts";
import type { Assessment } from "../domain/risk/assess.ts";
import type { Component, HealthView, SnapshotStatus } from "../domain/risk/snapshot.ts";
import { type EpochMs, isoInstant } from "../domain/time.ts";
import { brokersRead } from "./brokers.ts";
import { momentWords } from "./moment_words.ts";
import type { Settings } from "./settings.ts";

export interface HealthInputs {
  readonly portfolio: Portfolio;
  readonly assessment: Assessment;
  readonly settings: Settings;
  readonly startedAt: EpochMs;
  readonly now: EpochMs;
  /** Words for what the start still waits for; null once the first view was shown. */
  readonly starting: string | null;
  /** Lines that had not answered when the start-up time was over and have not since. */
  readonly unanswered: number;
  /** False while breaches and signals wait for the book and its quotes. */
  readonly judged: boolean;
  readonly turnMs: number;
  readonly clockShifted: boolean;
  readonly reconciliation: Reconciliation;
  /** Null: alerts have no channel to go to. */
  readonly alerts: ChannelHealth | null;
  /** Null: no history is kept. */
  readonly database: StoreHealth | null;
  /** Why the log's lines do not reach the disk; null when they do. */
  readonly logTrouble: string | null;
}

/** How what brings alerts out of the program does. */
export interface ChannelHealth {
  readonly status: "up" | "degraded";
  readonly detail: string;
}

/** How the store of history does. */
export interface StoreHealth {
  readonly status: "up" | "degraded" | "down" | "off";
  readonly detail: string;
}

export interface HealthReport {
  readonly status: SnapshotStatus;
  readonly reasons: readonly string[];
  /** Of when the oldest figures are that an earlier run stored and nobody has confirmed; null: there are none. */
  readonly restoredFrom: EpochMs | null;
  readonly health: readonly HealthView[];
}

/** Keeps since when each component is as it is. */
export class HealthWatch {
  readonly #since = new Map<Component, { status: HealthView["status"]; at: EpochMs }>();

  report(inputs: HealthInputs): HealthReport {
    const { portfolio, settings } = inputs;
    const marketData = marketDataHealth(inputs);
    const components: readonly (readonly [Component, HealthView["status"], string])[] = [
      ["ibkr", ...linkHealth(portfolio.links.get("IB"), settings.ibkr.enabled)],
      ["market_data", ...marketData],
      [
        "manual",
        ...withDrift(linkHealth(portfolio.links.get("MANUAL"), settings.manual.enabled), inputs.reconciliation),
      ],
      ["database", inputs.database?.status ?? "off", inputs.database?.detail ?? "no history is kept"],
      ["monitor", ...monitorHealth(inputs)],
      ["futu", ...(settings.futu.enabled ? linkHealth(portfolio.links.get("FUTU"), true) : NOT_CONFIGURED)],
      ...(inputs.alerts === null ? [] : [["alerts", inputs.alerts.status, inputs.alerts.detail] as const]),
    ];
    const health = components.map(([component, status, detail]) => this.#view(component, status, detail, inputs));
    const restored = restoredFigures(inputs);
    const restoredFrom = restored.length === 0 ? null : Math.min(...restored.map(({ at }) => at));
    return { ...judgeStatus(inputs, health, restored), restoredFrom, health };
  }

  #view(component: Component, status: HealthView["status"], detail: string, inputs: HealthInputs): HealthView {
    let since = this.#since.get(component);
    if (since === undefined || since.status !== status) {
      since = { status, at: since === undefined ? inputs.startedAt : inputs.now };
      this.#since.set(component, since);
    }
    return { component, status, detail, since: isoInstant(since.at) };
  }
}

const NOT_CONFIGURED: [HealthView["status"], string] = ["off", "not configured"];

function linkHealth(link: LinkView | undefined, enabled: boolean): [HealthView["status"], string] {
  if (!enabled) return ["off", "switched off in the configuration"];
  if (link === undefined) return ["down", "not started yet"];
  return [link.status === "connecting" ? "down" : link.status, link.detail];
}

/** A file that says otherwise than the brokers works; what it says is wrong. */
function withDrift(
  [status, detail]: [HealthView["status"], string],
  { rows }: Reconciliation,
): [HealthView["status"], string] {
  const drift = rows.filter((row) => row.status === "DRIFT" && row.quantities.MANUAL !== undefined).length;
  return [status, status === "off" || drift === 0 ? detail : `${detail}, ${drift} drift`];
}

function marketDataHealth({ portfolio, assessment, settings }: HealthInputs): [HealthView["status"], string] {
  if (!settings.ibkr.enabled) {
    return ["off", settings.futu.enabled ? "quotes come from IB alone: Futu's own prices" : "no broker is configured"];
  }
  const { live, quotes } = assessment.quality;
  const down = [...portfolio.farms].filter(([, farm]) => farm.status === "down").map(([name]) => name);
  const lines = `${live} of ${quotes} lines live`;
  const link = portfolio.links.get("IB")?.status;
  if (link === undefined || link === "down") return ["down", `${lines}: no link to the broker`];
  if (down.length > 0) return ["degraded", `${lines}, farm ${down.join(", ")} down`];
  if (assessment.deadLines > 0) {
    return ["degraded", `${lines}, ${assessment.deadLines} dead${whyDead(portfolio)}`];
  }
  return ["up", lines];
}

/** What the broker said of the first dead line; nothing when it said nothing. */
function whyDead({ registry, quotes }: Portfolio): string {
  for (let i = 0; i < registry.size; i++) {
    const detail = quotes.line(i) === "dead" ? quotes.lineDetail(i) : null;
    if (detail !== null) return `: ${detail}`;
  }
  return "";
}

/** A monitor that cannot say afterwards what it did works, but not as it should. */
function monitorHealth({ turnMs, logTrouble }: HealthInputs): [HealthView["status"], string] {
  const turn = `turn ${turnMs.toFixed(1)} ms`;
  return logTrouble === null ? ["up", turn] : ["degraded", `${logTrouble}; ${turn}`];
}

function judgeStatus(
  inputs: HealthInputs,
  health: readonly HealthView[],
  restored: readonly RestoredFigures[],
): { status: SnapshotStatus; reasons: readonly string[] } {
  const { portfolio, settings, assessment, starting } = inputs;
  const brokers = brokersRead(settings).map(({ source }) => source);
  const unavoidable = [
    ...differences(inputs.reconciliation),
    ...unavoidableReasons(inputs),
  ];
  const unconfirmed = restored.map(({ words }) => words);
  if (starting !== null) {
    const trouble = brokers.flatMap((source) => linkTrouble(source, portfolio.links.get(source)));
    return { status: "starting", reasons: [starting, ...trouble, ...unconfirmed, ...unavoidable] };
  }
  // The rows of a file kept by hand are flagged one by one: the brokers' part of the book is as live as ever.
  const stored = new Set(restored.map(({ source }) => source));
  const away = new Map(brokers.map((source) => [source, whyAway(source, inputs, health)]));
  // Nothing is judged on a stored book without quotes, whatever another broker says: it is not merely a part that is missing.
  if (
    stored.has(QUOTING_BROKER) ||
    (brokers.length > 0 && brokers.every((source) => stored.has(source) || away.get(source) !== null))
  ) {
    return { status: "stale", reasons: [...unconfirmed, ...[...away.values()].filter(isSaid), ...unavoidable] };
  }
  const faults = [
    ...unconfirmed,
    ...assessment.unreadSources.map((source) => `${source}: its positions were never read: no total has them`),
    ...health.filter(({ status }) => status === "down" || status === "degraded")
      .map(({ component, detail }) => `${component}: ${detail}`),
    ...sourceFailures(portfolio, settings),
    ...inputs.reconciliation.rows.filter((row) => row.status === "STALE").map(({ detail }) => detail),
    ...assessment.fxMissing.map((currency) => `no rate for ${currency}: its amounts are left out`),
    ...withoutBase(inputs),
    ...unansweredLines(inputs),
  ];
  return { status: faults.length > 0 ? "degraded" : "complete", reasons: [...faults, ...unavoidable] };
}

/** What an earlier run stored of a source and the source has not confirmed. */
interface RestoredFigures {
  readonly source: Source;
  /** Of when the oldest of them are. */
  readonly at: EpochMs;
  readonly words: string;
}

function restoredFigures({ portfolio, settings }: HealthInputs): RestoredFigures[] {
  const books = new Map<Source, EpochMs>();
  const values = new Map<Source, EpochMs>();
  const note = (oldest: Map<Source, EpochMs>, source: Source, at: EpochMs): void => {
    oldest.set(source, Math.min(at, oldest.get(source) ?? at));
  };
  for (const { source, takenAt } of portfolio.positions.restoredBooks()) note(books, source, takenAt);
  for (const { source, at, restored } of portfolio.accounts.all()) {
    if (restored && !books.has(source)) note(values, source, at);
  }
  const words = (what: string) => ([source, at]: [Source, EpochMs]): RestoredFigures => ({
    source,
    at,
    words: `${source}: ${what} of ${
      momentWords(at, settings.display.timeZone)
    } restored from history, not confirmed yet`,
  });
  return [...[...books].map(words("book")), ...[...values].map(words("account figures"))];
}

/** Without a base currency no amount is known, and nothing else says why. */
function withoutBase({ portfolio, assessment }: HealthInputs): string[] {
  const kept = new Set([...portfolio.accounts.all()].map(({ currency }) => currency).filter((each) => each !== null));
  if (assessment.baseCurrency !== null || kept.size < 2) return [];
  const currencies = [...kept].sort().join(" and ");
  return [`no base currency: the accounts are kept in ${currencies}; set portfolio.base_currency`];
}

function unansweredLines({ unanswered: count, judged }: HealthInputs): string[] {
  if (count === 0) return [];
  const lines = count === 1 ? "1 line has not answered" : `${count} lines have not answered`;
  return [`${lines} since the start${judged ? "" : ": breaches and signals wait for them"}`];
}

/** What the start waits for may never come while this lasts. */
function linkTrouble(source: Source, link: LinkView | undefined): string[] {
  return link === undefined || link.status === "up" || link.status === "off"
    ? []
    : [`${source} ${link.status}: ${link.detail}`];
}

/** Why nothing of the broker is of now; null while something is. A broker without lines is as good as its link. */
function whyAway(
  source: Source,
  { portfolio, assessment }: HealthInputs,
  health: readonly HealthView[],
): string | null {
  const link = portfolio.links.get(source);
  const isDown = link === undefined || link.status === "down" || link.status === "connecting";
  if (!isDown && !(source === QUOTING_BROKER && nothingLives(assessment))) return null;
  if (link?.status !== "up") return `${source} ${link?.status ?? "down"}: ${link?.detail ?? "not started"}`;
  const marketData = health.find(({ component }) => component === "market_data");
  return `market_data: ${marketData?.detail ?? "no line lives"}`;
}

function isSaid(reason: string | null): reason is string {
  return reason !== null;
}

/** Every line that was live is dead: the broker's servers are gone behind an open socket. */
function nothingLives(assessment: Assessment): boolean {
  return assessment.deadLines > 0 && assessment.quality.live === 0;
}

/** What the brokers' lists of positions lack. The manual file's faults are its component's. */
function sourceFailures(portfolio: Portfolio, settings: Settings): string[] {
  const sources: readonly Source[] = settings.manual.enabled ? ["IB", "FUTU"] : ["IB", "FUTU", "MANUAL"];
  return sources.flatMap((source) => {
    const reason = portfolio.positions.failure(source);
    return reason === null ? [] : [`${source}: ${reason}`];
  });
}

/** The sources work, and do not agree. */
function differences({ summary: { drift, missing } }: Reconciliation): string[] {
  const told = [[drift, "drifts", "drift", "between the sources"], [
    missing,
    "is",
    "are",
    "missing in a source",
  ]] as const;
  return told.filter(([count]) => count > 0).map(([count, one, many, rest]) =>
    `${count} ${count === 1 ? `position ${one}` : `positions ${many}`} ${rest}`
  );
}

/** What cannot be helped: said, and no reason to call the view degraded. */
function unavoidableReasons({ assessment, settings, clockShifted }: HealthInputs): string[] {
  const { flags } = assessment.quality;
  const reasons: string[] = [];
  const say = (count: number | undefined, words: string): void => {
    if (count !== undefined && count > 0) reasons.push(`${count} ${words}`);
  };
  say(flags.STALE, "stale");
  say(flags.DATA_MISSING, "without greeks");
  say(flags.NO_PERMISSION, "without market-data permission");
  say(flags.DELAYED, "delayed");
  say(flags.FROZEN, "frozen");
  say(flags.ROTATED, "rotated");
  say(flags.NO_MARK, "without a mark");
  if (assessment.session.some(({ state }) => state === "unknown")) {
    const whose = settings.futu.enabled ? "the brokers'" : "IB's";
    reasons.push(`the exchanges' calendar does not cover this date, so the day's P&L is ${whose} own: update APEX`);
  }
  // By --now, or by the demo while the markets are closed.
  if (clockShifted) reasons.push("the clock is shifted, its time is not the real one");
  return reasons;
}
