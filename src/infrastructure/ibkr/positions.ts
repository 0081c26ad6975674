/**
 * Holdings of all accounts: a complete download first, then changes as they come, and a fresh download now and then so
 * that the source goes on confirming what it holds.
 *
 * Rows are collected until TWS says the download is over; only then does one `positions` event replace the book's rows.
 * A download that fails, stalls or holds an unreadable row changes nothing: it is never read as "flat".
 */
import type { Contract } from "@stoqey/ib/dist/api/contract/contract.js";
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import type { InstrumentIndex, PositionRow } from "../../domain/event.ts";
import type { Contracts, KnownContract } from "./contracts.ts";
import { isCombination } from "./decode/contract.ts";
import { present } from "./decode/numbers.ts";
import { Priority } from "./pacing.ts";
import type { Requests } from "./requests.ts";

/** Well under the time after which a source counts as unconfirmed (300 s). */
const REFRESH_MS = 120_000;
const RETRY_MS = 5_000;

export interface PositionsDependencies {
  readonly sink: FeedSink;
  readonly requests: Requests;
  readonly contracts: Contracts;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeoutMs: number;
  /** Called after a complete download and after each change; `changed` when a quantity did since the last. */
  readonly onHoldings: (changed: boolean) => void;
}

/** One account's holding as TWS last said it. */
export interface Holding {
  readonly account: string;
  readonly index: InstrumentIndex;
  readonly conId: number | null;
  readonly quantity: number;
  /** As IBKR gives it: of options and futures times the multiplier, commissions included. */
  readonly avgCost: number | null;
}

interface Download {
  readonly rows: Map<string, Holding>;
  fault: string | null;
}

export class Positions {
  readonly #deps: PositionsDependencies;
  #accounts: readonly string[] = [];
  #holdings = new Map<string, Holding>();
  /** Average prices already handed out under a multiplier that was not sure yet. */
  readonly #unsure = new Set<InstrumentIndex>();
  #download: Download | null = null;
  #cancelTimer: (() => void) | null = null;
  /** True once a download of this connection was complete. */
  complete = false;

  constructor(deps: PositionsDependencies) {
    this.#deps = deps;
  }

  holdings(): IterableIterator<Holding> {
    return this.#holdings.values();
  }

  connected(accounts: readonly string[]): void {
    this.#accounts = accounts;
    this.complete = false;
    this.#request();
  }

  disconnected(): void {
    this.#download = null;
    this.complete = false;
    this.#cancelTimer?.();
  }

  /** Asks anew, for instance after IBKR's servers lost the subscription. */
  refresh(): void {
    this.#deps.requests.send(Priority.cancel, (api) => api.cancelPositions());
    this.#request();
  }

  onRow(account: string, contract: Contract, quantity: number | undefined, avgCost: number | undefined): void {
    if (!this.#accounts.includes(account) || isCombination(contract)) return;
    const known = this.#deps.contracts.meet(contract);
    const size = present(quantity);
    if (size === null) return this.onUnreadable(`the quantity of ${known.instrument.localSymbol} is no number`);
    const holding: Holding = {
      account,
      index: known.index,
      conId: known.instrument.conId,
      quantity: size,
      avgCost: present(avgCost),
    };
    const key = `${account}|${known.index}`;
    if (this.#download !== null) {
      this.#download.rows.set(key, holding);
      this.#expectMore();
      return;
    }
    const before = this.#holdings.get(key);
    this.#holdings.set(key, holding);
    if (before?.quantity === size && before.avgCost === holding.avgCost) return;
    const { sink, clock, onHoldings } = this.#deps;
    sink.push({ kind: "position", source: "IB", row: this.#row(holding), at: clock.now() }, true);
    onHoldings(before?.quantity !== size);
  }

  onEnd(): void {
    const download = this.#download;
    if (download === null) return;
    this.#download = null;
    if (download.fault !== null) return this.#fail(download.fault);
    const { sink, clock, onHoldings } = this.#deps;
    this.#holdings = download.rows;
    this.complete = true;
    const rows = [...download.rows.values()].map((each) => this.#row(each));
    sink.push({ kind: "positions", source: "IB", accounts: this.#accounts, rows, at: clock.now() }, true);
    onHoldings(false);
    this.#later(REFRESH_MS, () => this.refresh());
  }

  /** A position message was lost: what is held is no longer certain. */
  onUnreadable(reason: string): void {
    if (this.#download !== null) this.#download.fault ??= reason;
    else this.#fail(reason);
  }

  /** More is known of a contract: a price that waited for its multiplier can be given. */
  onContract(known: KnownContract): void {
    if (known.multiplierUnsure && known.details === "pending") return;
    if (!this.#unsure.delete(known.index)) return;
    const { sink, clock } = this.#deps;
    for (const holding of this.#holdings.values()) {
      if (holding.index !== known.index) continue;
      sink.push({ kind: "position", source: "IB", row: this.#row(holding, known), at: clock.now() });
    }
  }

  #request(): void {
    const taken = this.#deps.requests.send(Priority.positions, (api) => api.reqPositions());
    if (taken === null) return this.#later(RETRY_MS, () => this.#request());
    // Answers carry no number. Rows of a list that never ended may still come, and its end too: they are kept, so that
    // whichever end comes first, the list is never shorter than what is held.
    this.#download ??= { rows: new Map(), fault: null };
    this.#expectMore();
  }

  #expectMore(): void {
    const { timeoutMs } = this.#deps;
    this.#later(timeoutMs, () => {
      this.#fail(`TWS did not finish the list of positions: nothing more came for ${timeoutMs} ms`);
    });
  }

  #fail(reason: string): void {
    const { sink, clock, log } = this.#deps;
    log.write("WARN", "DATA", `Positions from IBKR are not complete, the last ones stay: ${reason}`);
    sink.push({ kind: "positions-failed", source: "IB", reason, at: clock.now() }, true);
    this.#later(RETRY_MS, () => this.refresh());
  }

  #later(ms: number, call: () => void): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#deps.clock.after(ms, call);
  }

  #row(holding: Holding, known = this.#deps.contracts.byIndex(holding.index)): PositionRow {
    const { account, index, quantity } = holding;
    return { account, instrument: index, quantity, avgPrice: this.#avgPrice(holding, known) };
  }

  /** Per unit, as a price is quoted; null while a contract's multiplier is not known. */
  #avgPrice(holding: Holding, known: KnownContract | null): number | null {
    if (holding.avgCost === null || known === null) return null;
    if (known.multiplierUnsure) {
      this.#unsure.add(holding.index);
      if (known.details === "pending") return null;
    }
    return holding.avgCost / known.instrument.multiplier;
  }
}
