/**
 * Holdings of all accounts, read in rounds: at the interval OpenD is made to ask Futu anew, which it lets be done only so often;
 * after it told of an order or a fill it is asked for what it knows itself, at once.
 *
 * A round asks for each account in turn; only when all have answered does one `positions` event replace the book's
 * rows. A round that fails anywhere, or holds a row that cannot be read, changes nothing: it is never read as "flat".
 */
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import type { InstrumentIndex } from "../../domain/event.ts";
import type { EpochMs } from "../../domain/time.ts";
import { type FutuAccount, scopesOf } from "./accounts.ts";
import type { Contracts } from "./contracts/contracts.ts";
import { type Holding, holdingsOf, UnreadablePosition, valueDoubt } from "./holdings.ts";
import { OpenDFault, type OpenDSession } from "./client/opend.ts";
import { Rounds } from "./rounds.ts";
import { type FutuPosition, GET_POSITION_LIST } from "./wire/messages.ts";

export interface PositionsDependencies {
  readonly sink: FeedSink;
  readonly contracts: Contracts;
  readonly clock: Clock;
  readonly log: Log;
  readonly refreshMs: number;
  /** After each complete round. */
  readonly onRound: (round: Round) => void;
  /** `fault` or `complete` changed. */
  readonly onState: () => void;
}

export interface Round {
  readonly startedAt: EpochMs;
  /** Quantities differ from those of the round before. */
  readonly changed: boolean;
  /** As Futu has it, not as OpenD knew it: that may be a moment behind what it told. */
  readonly isFresh: boolean;
}

export class Positions {
  readonly #deps: PositionsDependencies;
  readonly #rounds: Rounds;
  #session: OpenDSession | null = null;
  #accounts: readonly FutuAccount[] = [];
  /** Contracts whose value was said to be in doubt. */
  readonly #doubted = new Set<InstrumentIndex>();
  #quantities: ReadonlyMap<string, number> | null = null;
  /** True once a round of this session was complete. */
  complete = false;
  /** Why the last round was not, in words. */
  fault: string | null = null;

  constructor(deps: PositionsDependencies) {
    this.#deps = deps;
    const { clock, refreshMs } = deps;
    this.#rounds = new Rounds({
      clock,
      intervalMs: refreshMs,
      isCounted: true,
      run: (signal) => this.#round(signal, true),
      look: (signal) => this.#round(signal, false),
    });
  }

  connected(session: OpenDSession, accounts: readonly FutuAccount[]): void {
    this.#session = session;
    this.#accounts = accounts;
    this.#rounds.start(accounts.length);
  }

  disconnected(): void {
    this.#rounds.stop();
    this.#session = null;
    this.complete = false;
    this.fault = null;
  }

  /** Has Futu asked soon, as the pace allows. */
  refresh(): void {
    this.#rounds.soon();
  }

  /** Reads what OpenD knows: it told of something that changes holdings. */
  look(): void {
    this.#rounds.look();
  }

  async #round(signal: AbortSignal, isFresh: boolean): Promise<boolean> {
    const startedAt = this.#deps.clock.now();
    try {
      const holdings = await this.#read(this.#session!, isFresh, signal);
      const changed = this.#publish(holdings, startedAt, isFresh);
      // What was told of may not have reached OpenD's own list yet.
      if (!isFresh && !changed) this.#rounds.soon();
      return true;
    } catch (fault) {
      if (!(fault instanceof OpenDFault || fault instanceof UnreadablePosition)) throw fault;
      // The end of the connection says more than the questions that it cut short.
      if (fault instanceof OpenDFault && fault.kind === "lost") return false;
      this.#fail(fault.message);
      return false;
    }
  }

  async #read(session: OpenDSession, refreshCache: boolean, signal: AbortSignal): Promise<readonly Holding[]> {
    const { contracts } = this.#deps;
    const rows = new Map<string, FutuPosition[]>(this.#accounts.map(({ id }) => [id, []]));
    for (const scope of scopesOf(this.#accounts)) {
      const { positionList } = await session.ask(GET_POSITION_LIST, { ...scope, refreshCache }, { signal });
      rows.get(scope.header.accID)!.push(...positionList);
    }
    const all = [...rows.values()].flat();
    await contracts.resolve(all, session, signal);
    for (const row of all) this.#compareValue(row);
    return [...rows].flatMap(([account, list]) => holdingsOf(account, list, (row) => contracts.of(row)));
  }

  /** A wrong multiplier is a wrong number everywhere: it is said, once for each contract. */
  #compareValue(row: FutuPosition): void {
    const { index, instrument } = this.#deps.contracts.of(row);
    const doubt = this.#doubted.has(index) ? null : valueDoubt(row, instrument);
    if (doubt === null) return;
    this.#doubted.add(index);
    const { code, qty, price } = row;
    const { multiplier, currency } = instrument;
    this.#deps.log.write(
      "WARN",
      "DATA",
      `Futu values its ${code} at ${rounded(doubt.said)} ${currency}, and ${
        Math.abs(qty)
      } × ${price} × ${multiplier} is ` +
        `${rounded(doubt.ours)}: what APEX shows of it may be wrong by that factor`,
      { code, said: doubt.said, ours: doubt.ours, multiplier },
    );
  }

  /** Whether a quantity differs from the round before. */
  #publish(holdings: readonly Holding[], startedAt: EpochMs, isFresh: boolean): boolean {
    const { sink, clock, onRound, onState } = this.#deps;
    const at = clock.now();
    const quantities = new Map(holdings.map(({ account, index, quantity }) => [`${account}|${index}`, quantity]));
    const changed = this.#quantities === null || !isSame(this.#quantities, quantities);
    this.#quantities = quantities;
    const rows = holdings.map(({ account, index, quantity, avgPrice }) => {
      return { account, instrument: index, quantity, avgPrice };
    });
    const accounts = this.#accounts.map(({ id }) => id);
    sink.push({ kind: "positions", source: "FUTU", accounts, rows, at }, changed || !this.complete);
    for (const { account, index, quantity, price, pnl, marketValue, currency } of holdings) {
      const leaf = { source: "FUTU", account, instrument: index, quantity, pnl, marketValue, currency, at } as const;
      sink.push({ kind: "leaf-pnl", ...leaf });
      if (price !== null) sink.push({ kind: "broker-mark", source: "FUTU", instrument: index, price, at });
    }
    this.complete = true;
    this.fault = null;
    onRound({ startedAt, changed, isFresh });
    onState();
    return changed;
  }

  #fail(reason: string): void {
    const { sink, clock, log, onState } = this.#deps;
    if (this.fault !== reason) {
      log.write("WARN", "DATA", `Positions from Futu are not complete, the last ones stay: ${reason}`);
    }
    this.fault = reason;
    sink.push({ kind: "positions-failed", source: "FUTU", reason, at: clock.now() }, true);
    onState();
  }
}

function rounded(amount: number): number {
  return Math.round(amount * 100) / 100;
}

function isSame(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([key, quantity]) => b.get(key) === quantity);
}
