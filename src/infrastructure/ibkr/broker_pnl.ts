/** The broker's own P&L: of each account, and of its holdings as far as the bound goes. */
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { BrokerPnl, InstrumentIndex } from "../../domain/event.ts";
import { present } from "./decode/numbers.ts";
import { meaningOf } from "./message_codes.ts";
import { Priority } from "./pacing.ts";
import type { Holding } from "./positions.ts";
import type { Requests } from "./requests.ts";

/** Subscriptions for single holdings; those beyond it have the account updates' figures, three minutes old at most. */
export const MAX_LEAF_SUBSCRIPTIONS = 400;

export interface BrokerPnlDependencies {
  readonly sink: FeedSink;
  readonly requests: Requests;
  readonly clock: Clock;
}

interface Leaf {
  readonly account: string;
  readonly conId: number;
  readonly index: InstrumentIndex;
  readonly quantity: number;
}

interface Stream {
  readonly account: string;
  /** Null for the account as a whole. */
  readonly leaf: Leaf | null;
  answered: boolean;
}

export class BrokerPnlStreams {
  readonly #deps: BrokerPnlDependencies;
  readonly #streams = new Map<number, Stream>();
  readonly #leafIds = new Map<string, number>();
  /** Refused holdings, with the quantity they had: asked again when it changes. */
  readonly #refused = new Map<string, number>();
  #accounts: readonly string[] = [];

  constructor(deps: BrokerPnlDependencies) {
    this.#deps = deps;
  }

  connected(accounts: readonly string[]): void {
    this.#accounts = accounts;
    for (const account of accounts) {
      this.#open({ account, leaf: null, answered: false }, Priority.account);
    }
  }

  disconnected(): void {
    this.#streams.clear();
    this.#leafIds.clear();
    this.#refused.clear();
  }

  /** Asks for all anew, after IBKR's servers lost the subscriptions. */
  refresh(holdings: Iterable<Holding>): void {
    for (const [id, stream] of [...this.#streams]) this.#close(id, stream);
    this.connected(this.#accounts);
    this.follow(holdings);
  }

  /** Subscribes to what is held, largest bound first come, and lets go of what is gone. */
  follow(holdings: Iterable<Holding>): void {
    const wanted = new Map<string, Leaf>();
    for (const { account, conId, index, quantity } of holdings) {
      if (conId === null || wanted.size >= MAX_LEAF_SUBSCRIPTIONS) continue;
      wanted.set(`${account}|${conId}`, { account, conId, index, quantity });
    }
    for (const [key, id] of [...this.#leafIds]) {
      const stream = this.#streams.get(id);
      if (!wanted.has(key) && stream !== undefined) this.#close(id, stream);
    }
    for (const [key, leaf] of wanted) {
      if (this.#leafIds.has(key) || this.#refused.get(key) === leaf.quantity) continue;
      this.#open({ account: leaf.account, leaf, answered: false }, Priority.history);
    }
  }

  covers(account: string, conId: number): boolean {
    return this.#leafIds.has(`${account}|${conId}`);
  }

  /** How many were asked for, and how many of them have answered or were refused. */
  progress(): { readonly requested: number; readonly answered: number } {
    let answered = 0;
    for (const stream of this.#streams.values()) if (stream.answered) answered++;
    return { requested: this.#streams.size, answered };
  }

  onAccount(requestId: number, pnl: RawPnl): void {
    const stream = this.#streams.get(requestId);
    if (stream === undefined) return;
    stream.answered = true;
    const { sink, clock } = this.#deps;
    sink.push({ kind: "account-pnl", source: "IB", account: stream.account, pnl: decodePnl(pnl), at: clock.now() });
  }

  onLeaf(requestId: number, quantity: number | undefined, pnl: RawPnl, value: number | undefined): void {
    const stream = this.#streams.get(requestId);
    if (stream === undefined || stream.leaf === null) return;
    stream.answered = true;
    const { sink, clock } = this.#deps;
    sink.push({
      kind: "leaf-pnl",
      source: "IB",
      account: stream.account,
      instrument: stream.leaf.index,
      quantity: present(quantity),
      pnl: decodePnl(pnl),
      marketValue: present(value),
      at: clock.now(),
    });
  }

  #open(stream: Stream, priority: Priority): void {
    const { requests } = this.#deps;
    const { account, leaf } = stream;
    const id = requests.open({ onMessage: (requestId, code) => this.#onMessage(requestId, code) });
    const taken = requests.send(
      priority,
      (api) => leaf === null ? api.reqPnL(id, account, "") : api.reqPnLSingle(id, account, "", leaf.conId),
    );
    if (taken === null) return requests.close(id);
    this.#streams.set(id, stream);
    if (leaf !== null) this.#leafIds.set(`${account}|${leaf.conId}`, id);
  }

  #close(id: number, stream: Stream): void {
    const { requests } = this.#deps;
    requests.close(id);
    this.#streams.delete(id);
    if (stream.leaf !== null) this.#leafIds.delete(`${stream.account}|${stream.leaf.conId}`);
    requests.send(Priority.cancel, (api) => stream.leaf === null ? api.cancelPnL(id) : api.cancelPnLSingle(id));
  }

  /** Refused: there will be no figure, and the book is told so rather than left waiting. */
  #onMessage(requestId: number, code: number): void {
    const stream = this.#streams.get(requestId);
    if (stream === undefined || meaningOf(code).request === "note") return;
    const nothing: RawPnl = { daily: undefined, unrealized: undefined, realized: undefined };
    const { leaf } = stream;
    if (leaf === null) return this.onAccount(requestId, nothing);
    this.onLeaf(requestId, undefined, nothing, undefined);
    const key = `${leaf.account}|${leaf.conId}`;
    this.#refused.set(key, leaf.quantity);
    this.#leafIds.delete(key);
    this.#streams.delete(requestId);
    this.#deps.requests.close(requestId);
  }
}

export interface RawPnl {
  readonly daily: number | undefined;
  readonly unrealized: number | undefined;
  readonly realized: number | undefined;
}

export function decodePnl(raw: RawPnl): BrokerPnl {
  return {
    dailyPnl: present(raw.daily),
    unrealizedPnl: present(raw.unrealized),
    realizedPnl: present(raw.realized),
  };
}
