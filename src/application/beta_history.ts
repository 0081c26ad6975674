/**
 * Finds betas for the names that the book holds and the configuration does not answer for.
 *
 * What an earlier run kept is used at once; history is asked for after the first complete view, the largest names first,
 * the reference before all. Nothing waits for it: an answer is one more event. Betas of a simulated market are neither
 * kept nor taken from what was kept.
 */
import type { BookEvent } from "../domain/event.ts";
import type { InstrumentRegistry } from "../domain/instrument_registry.ts";
import { type BetaEstimate, type DailyClose, regressBeta } from "../domain/risk/beta.ts";
import type { RiskSnapshot } from "../domain/risk/snapshot.ts";
import { type BetaSettings, REFERENCE_CURRENCY } from "../domain/settings.ts";
import type { EpochMs } from "../domain/time.ts";
import type { BetaCache } from "./ports/beta_cache.ts";
import type { Clock } from "./ports/clock.ts";
import type { DailyHistory } from "./ports/history.ts";
import type { Log } from "./ports/log.ts";
import type { Settings } from "./settings.ts";

/** How often the names of the book are looked through. */
const LOOK_MS = 1_000;
/** Shortest wait before a name is tried again. */
const RETRY_MS = 60_000;
/** A kept beta older than this is no longer taken: better none, and flagged. */
const LONGEST_KEPT_MS = 30 * 24 * 3_600_000;
/** Answers come in bursts; the file is written once for each. */
const WRITE_AFTER_MS = 2_000;

export interface BetaHistoryOptions {
  readonly beta: BetaSettings;
  readonly rules: Settings["betaHistory"];
  readonly registry: InstrumentRegistry;
  readonly history: DailyHistory;
  readonly cache: BetaCache;
  readonly clock: Clock;
  readonly log: Log;
  readonly push: (event: BookEvent) => void;
}

interface Closes {
  readonly closes: readonly DailyClose[];
  readonly readAt: EpochMs;
}

export class BetaHistory {
  readonly #options: BetaHistoryOptions;
  /** Names under way, and when others are due again; of the reference too. */
  readonly #pending = new Set<string>();
  readonly #dueAt = new Map<string, EpochMs>();
  #kept: ReadonlyMap<string, BetaEstimate> | null = null;
  #estimates = new Map<string, BetaEstimate>();
  /** What was said last of a name, so that it is not said again with every attempt. */
  readonly #said = new Map<string, string>();
  #reference: Closes | null = null;
  #lookedAt = -Infinity;
  #cancelWrite: (() => void) | null = null;
  #simulated = false;
  #stopped = false;

  constructor(options: BetaHistoryOptions) {
    this.#options = options;
    if (options.beta.source !== "config") void this.#readKept();
  }

  /** Looks at what the book holds. Cheap, so that it can be told of every snapshot. */
  consider(snapshot: RiskSnapshot): void {
    const { beta, clock } = this.#options;
    const elapsed = clock.monotonic();
    if (beta.source === "config" || this.#stopped || elapsed - this.#lookedAt < LOOK_MS) return;
    // A restart that asks for nothing needs what was kept; it is there within milliseconds.
    if (this.#kept === null || snapshot.byUnderlying.length === 0) return;
    this.#lookedAt = elapsed;
    this.#simulated ||= snapshot.simulated;
    const names = snapshot.byUnderlying.map(({ underlying }) => underlying).filter((name) => this.#wants(name));
    for (const name of names) this.#takeKept(name);
    // Nobody answers for a book that waits for its broker, and a refusal would put the names off for long.
    if (snapshot.status === "starting" || (snapshot.status === "stale" && snapshot.restoredFrom !== null)) return;
    this.#ask(names.filter((name) => this.#isDue(name)));
  }

  /** Asks for nothing more; what was computed is kept. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#cancelWrite === null) return;
    this.#cancelWrite();
    this.#cancelWrite = null;
    await this.#write();
  }

  /** A currency pair has no beta: it is left out of delta and exposure. */
  #wants(name: string): boolean {
    const { beta, registry } = this.#options;
    if (name === beta.reference || (beta.source === "both" && beta.betas.has(name))) return false;
    const index = registry.priceOf(name);
    return index === null || registry.at(index).assetType !== "FOREX";
  }

  async #readKept(): Promise<void> {
    this.#kept = await this.#options.cache.read();
  }

  #takeKept(name: string): void {
    const { beta, rules, clock } = this.#options;
    const kept = this.#kept?.get(name);
    if (kept === undefined || this.#simulated || this.#estimates.has(name) || this.#dueAt.has(name)) return;
    const ageMs = clock.now() - kept.computedAt;
    const fits = kept.reference === beta.reference && kept.windowDays === rules.windowDays &&
      kept.observations >= rules.minObservations && ageMs >= 0 && ageMs <= LONGEST_KEPT_MS;
    if (fits) this.#take(name, kept);
  }

  #take(name: string, estimate: BetaEstimate): void {
    this.#estimates.set(name, estimate);
    this.#dueAt.set(name, estimate.computedAt + this.#options.rules.maxAgeMs);
    this.#options.push({ kind: "beta", underlying: name, estimate, obstacle: null });
  }

  #isDue(name: string): boolean {
    return !this.#pending.has(name) && this.#options.clock.now() >= (this.#dueAt.get(name) ?? -Infinity);
  }

  #ask(names: readonly string[]): void {
    if (names.length === 0) return;
    if (!this.#referenceIsFresh()) return this.#askReference(names);
    for (const name of names) this.#askName(name);
  }

  #referenceIsFresh(): boolean {
    if (this.#reference === null) return false;
    return this.#options.clock.now() - this.#reference.readAt < this.#options.rules.maxAgeMs;
  }

  #askReference(waiting: readonly string[]): void {
    const { reference } = this.#options.beta;
    if (!this.#isDue(reference)) return;
    this.#request(reference, (closes) => {
      this.#reference = { closes, readAt: this.#options.clock.now() };
      this.#dueAt.delete(reference);
      for (const name of waiting) if (this.#isDue(name)) this.#askName(name);
    }, (reason) => {
      const obstacle = `no history of the reference ${reference}: ${reason}`;
      this.#warn(reference, `Cannot compute betas: ${obstacle}`);
      for (const name of waiting) this.#push(name, obstacle);
    });
  }

  #askName(name: string): void {
    const { beta, rules, clock } = this.#options;
    this.#request(name, (closes) => {
      const result = regressBeta(closes, this.#reference?.closes ?? [], rules);
      this.#dueAt.set(name, clock.now() + rules.maxAgeMs);
      if (result.kind === "none") return this.#say(name, result.reason);
      const { beta: slope, observations, from, to } = result;
      const { reference } = beta;
      const computedAt = clock.now();
      this.#take(name, { beta: slope, reference, windowDays: rules.windowDays, observations, from, to, computedAt });
      this.#writeSoon();
    }, (reason) => this.#say(name, reason));
  }

  #request(name: string, onCloses: (closes: readonly DailyClose[]) => void, onRefused: (reason: string) => void): void {
    const { history, rules, clock } = this.#options;
    const index = this.#pricedBy(name);
    if (index === null) {
      this.#dueAt.set(name, clock.now() + RETRY_MS);
      return onRefused("no contract is known whose price is the name's");
    }
    this.#pending.add(name);
    history.closes(index, rules.windowDays, (answer) => {
      this.#pending.delete(name);
      if (this.#stopped) return;
      if (answer.kind === "closes") return onCloses(answer.closes);
      this.#dueAt.set(name, clock.now() + Math.max(RETRY_MS, answer.retryMs ?? rules.maxAgeMs));
      onRefused(answer.reason);
    });
  }

  /** What moves as the name does: a future before an index of the same name, whose options settle to it (VIX). */
  #pricedBy(name: string): number | null {
    const { beta, registry } = this.#options;
    const index = registry.priceOf(name, name === beta.reference ? REFERENCE_CURRENCY : null);
    if (index === null || registry.at(index).assetType !== "INDEX") return index;
    const future = registry.all().findIndex(({ assetType, underlying }) =>
      assetType === "FUTURE" && underlying === name
    );
    return future < 0 ? index : future;
  }

  #say(name: string, obstacle: string): void {
    this.#warn(name, `Cannot compute the beta of ${name}: ${obstacle}`);
    this.#push(name, obstacle);
  }

  #warn(name: string, words: string): void {
    if (this.#said.get(name) === words) return;
    this.#said.set(name, words);
    this.#options.log.write("WARN", "DATA", words);
  }

  #push(name: string, obstacle: string): void {
    this.#options.push({ kind: "beta", underlying: name, estimate: null, obstacle });
  }

  #writeSoon(): void {
    if (this.#simulated || this.#cancelWrite !== null) return;
    this.#cancelWrite = this.#options.clock.after(WRITE_AFTER_MS, () => {
      this.#cancelWrite = null;
      void this.#write();
    });
  }

  /** With what was kept of names that are not held now, until it is too old to be taken. */
  #write(): Promise<void> {
    const now = this.#options.clock.now();
    const all = new Map([...this.#kept ?? [], ...this.#estimates]);
    for (const [name, { computedAt }] of all) if (now - computedAt > LONGEST_KEPT_MS) all.delete(name);
    return this.#options.cache.write(all);
  }
}
