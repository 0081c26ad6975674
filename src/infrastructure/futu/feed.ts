/**
 * The Futu adapter as a feed: one connection to OpenD, and the parts that live on it.
 *
 * It brings who holds what, account values, fills and working orders. Quotes of its holdings come over IB's lines; OpenD's own
 * prices come with its list of positions.
 */
import type { Clock, Random } from "../../application/ports/clock.ts";
import type { FeedAnswer, FeedSink, LinePriorities, MarketDataFeed } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import type { Network } from "../../application/ports/network.ts";
import type { FutuSettings } from "../../application/settings.ts";
import type { InstrumentIndex } from "../../domain/event.ts";
import { accountOfPush, type FutuAccount, readAccounts, selectAccounts } from "./accounts.ts";
import { Connection, type ConnectionOwner, type OpenDPhase } from "./client/connection.ts";
import { Contracts } from "./contracts/contracts.ts";
import { Fills } from "./fills.ts";
import { Funds } from "./funds.ts";
import { FutuInstruments } from "./contracts/instruments.ts";
import { LinkStatusLine } from "./link_status.ts";
import { OpenDFault, type OpenDSession } from "./client/opend.ts";
import { Orders } from "./orders.ts";
import { Positions, type Round } from "./positions.ts";
import { Rounds } from "./rounds.ts";
import { Subscription } from "./subscription.ts";
import { SIMULATOR_NOTICE } from "./wire/codes.ts";
import { NOTIFY, type Push, type Pushed, UPDATE_ORDER, UPDATE_ORDER_FILL } from "./wire/messages.ts";

/** Accounts come to a login now and then; where none fits, one may be opened, or OpenD logged in anew, at any time. */
const ACCOUNTS_AGAIN_MS = 10 * 60_000;

/** What a connection to OpenD does, whoever makes it. */
export type OpenDConnection = Pick<Connection, "start" | "stop" | "reconnect">;

export interface FutuFeedOptions {
  readonly settings: FutuSettings;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly sink: FeedSink;
  /** What all amounts are converted to; null: not configured. */
  readonly baseCurrency?: string | null;
  /** The index that a contract has already, by its key; null when nobody brought it. */
  readonly find?: (key: string) => InstrumentIndex | null;
  /** Told of the numbers of the accounts that are read, so that the log can mask them. */
  readonly onAccounts?: (accounts: readonly string[]) => void;
  /** Makes the connection; left out: one over the network. */
  readonly connect?: (owner: ConnectionOwner) => OpenDConnection;
}

export function futuFeed(options: FutuFeedOptions): MarketDataFeed {
  return new Futu(options);
}

class Futu implements MarketDataFeed, ConnectionOwner {
  readonly #options: FutuFeedOptions;
  readonly #connection: OpenDConnection;
  readonly #sink: FeedSink;
  readonly #link: LinkStatusLine;
  readonly #contracts: Contracts;
  readonly #positions: Positions;
  readonly #funds: Funds;
  readonly #fills: Fills;
  readonly #orders: Orders;
  readonly #subscription: Subscription;
  /** Reads which accounts there are. */
  readonly #entry: Rounds;
  #session: OpenDSession | null = null;
  #accounts: readonly FutuAccount[] = [];
  /** Those that were read since the start, by their numbers: what they held is in the book. */
  readonly #everRead = new Set<string>();
  #accountsFault: string | null = null;
  #isSimulated = false;
  #stopped = false;

  constructor(options: FutuFeedOptions) {
    this.#options = options;
    const { settings, clock, log } = options;
    const { refreshMs } = settings;
    const sink = this.#untilStopped(options.sink);
    this.#sink = sink;
    this.#link = new LinkStatusLine(sink, clock);
    const instruments = new FutuInstruments(settings.optionRoots);
    const contracts = new Contracts({ sink, clock, log, instruments, find: options.find ?? (() => null) });
    this.#contracts = contracts;
    const onState = () => this.#updateLink();
    this.#positions = new Positions({
      sink,
      contracts,
      clock,
      log,
      refreshMs,
      onRound: (round) => this.#onRound(round),
      onState,
    });
    this.#funds = new Funds({ sink, clock, log, refreshMs, baseCurrency: options.baseCurrency ?? null, onState });
    this.#fills = new Fills({
      sink,
      contracts,
      clock,
      log,
      onFill: () => this.#positions.look(),
      onPositionsOutdated: () => this.#positions.refresh(),
      onState,
    });
    this.#orders = new Orders({ sink, contracts, clock, log });
    this.#subscription = new Subscription({ clock, log, onState });
    this.#entry = new Rounds({
      clock,
      intervalMs: ACCOUNTS_AGAIN_MS,
      isCounted: false,
      run: (signal) => this.#enter(signal),
    });
    this.#connection = options.connect?.(this) ?? this.#connectionOverNetwork();
  }

  start(): void {
    this.#connection.start();
  }

  stop(): Promise<void> {
    this.#connection.stop();
    this.#leave();
    this.#stopped = true;
    return Promise.resolve();
  }

  /** OpenD has no lines to give out. */
  prioritise(_priorities: LinePriorities): void {}

  /** What Futu has of a contract is the price in its list of positions. */
  resubscribe(_instrument: InstrumentIndex): FeedAnswer {
    if (this.#session === null) return { done: false, words: "not connected to Futu, whose holdings IB quotes" };
    this.#positions.refresh();
    return { done: false, words: "Futu has no quotes to ask for: IB quotes what it holds" };
  }

  reconnect(): FeedAnswer {
    return this.#connection.reconnect("a person asked for a new connection");
  }

  onPhase(phase: OpenDPhase): void {
    if (phase.kind === "session") this.#prepareLink();
    this.#link.onPhase(phase);
  }

  onSession(session: OpenDSession): void {
    this.#session = session;
    this.#contracts.connected();
    this.#updateLink();
    this.#entry.start(1);
  }

  onLost(_reason: string): void {
    this.#leave();
  }

  onPush<P extends Push>(push: P, message: Pushed<P>): void {
    const pushed: unknown = message;
    switch (push.protoId) {
      case NOTIFY.protoId:
        return this.#onNotice(pushed as Pushed<typeof NOTIFY>);
      case UPDATE_ORDER.protoId: {
        const { header, order } = pushed as Pushed<typeof UPDATE_ORDER>;
        if (accountOfPush(this.#accounts, header, order.trdMarket) === null) return;
        this.#orders.onPush(header, order);
        this.#positions.look();
        return;
      }
      case UPDATE_ORDER_FILL.protoId: {
        const { header, orderFill } = pushed as Pushed<typeof UPDATE_ORDER_FILL>;
        return this.#fills.onPush(header, orderFill);
      }
    }
  }

  #connectionOverNetwork(): Connection {
    const { settings, network, clock, random, log } = this.#options;
    return new Connection({ settings, network, clock, random, log, owner: this });
  }

  #onNotice({ event }: Pushed<typeof NOTIFY>): void {
    if (this.#isSimulated || event === null || !event.desc.startsWith(SIMULATOR_NOTICE)) return;
    this.#isSimulated = true;
    this.#sink.push({ kind: "simulated", source: "FUTU" });
  }

  /** Finds the accounts and reads them; again now and then, since they may have become others. */
  async #enter(signal: AbortSignal): Promise<boolean> {
    const { settings, log } = this.#options;
    const session = this.#session!;
    try {
      const selection = selectAccounts(await readAccounts(session, settings, log, signal), settings);
      const { accounts } = selection;
      const fault = selection.fault ?? this.#goneFrom(accounts);
      if (fault !== null && fault !== this.#accountsFault) log.write("WARN", "SYSTEM", `Futu: ${fault}`);
      this.#accountsFault = fault;
      if (!areSame(accounts, this.#accounts)) this.#follow(session, accounts);
      this.#updateLink();
      return accounts.length > 0;
    } catch (fault) {
      if (!(fault instanceof OpenDFault)) throw fault;
      if (fault.kind === "lost") return false;
      if (fault.message !== this.#accountsFault) {
        log.write("WARN", "SYSTEM", `Futu's accounts cannot be read: ${fault.message}`);
      }
      this.#accountsFault = `its accounts cannot be read: ${fault.message}`;
      this.#updateLink();
      return false;
    }
  }

  /** Nobody tells that such an account is empty, so it is not. */
  #goneFrom(accounts: readonly FutuAccount[]): string | null {
    const gone = [...this.#everRead].filter((id) => !accounts.some((account) => account.id === id)).length;
    if (gone === 0) return null;
    const which = gone === 1 ? "1 account no more that was" : `${gone} accounts no more that were`;
    return `OpenD names ${which} read: what ${gone === 1 ? "it" : "they"} held stays as it was`;
  }

  /** First the subscription: what happens while the rest is read is then told of. */
  #follow(session: OpenDSession, accounts: readonly FutuAccount[]): void {
    this.#unfollow();
    this.#accounts = accounts;
    if (accounts.length === 0) return;
    for (const { id } of accounts) this.#everRead.add(id);
    this.#options.onAccounts?.(accounts.map(({ id }) => id));
    this.#fills.connected(session, accounts);
    this.#subscription.connected(session, accounts);
    this.#positions.connected(session, accounts);
    this.#funds.connected(session, accounts);
    this.#orders.connected(session, accounts);
  }

  #unfollow(): void {
    this.#accounts = [];
    this.#subscription.disconnected();
    this.#positions.disconnected();
    this.#funds.disconnected();
    this.#fills.disconnected();
    this.#orders.disconnected();
  }

  #leave(): void {
    this.#session = null;
    this.#accountsFault = null;
    this.#entry.stop();
    this.#unfollow();
  }

  #onRound(round: Round): void {
    this.#fills.onPositions(round);
    if (round.changed) this.#funds.refresh();
  }

  #updateLink(): void {
    this.#prepareLink();
    if (this.#session !== null) this.#link.update();
  }

  #prepareLink(): void {
    const missing: string[] = [];
    if (!this.#positions.complete) missing.push("positions");
    if (!this.#funds.complete) missing.push("account values");
    this.#link.reading = missing.length === 0 ? null : `reading ${missing.join(" and ")}`;
    this.#link.accounts = this.#accounts.length;
    this.#link.faults = [
      this.#accountsFault,
      worded("positions are not complete", this.#positions.fault),
      worded("account values are not complete", this.#funds.fault),
      worded("today's fills are not complete", this.#fills.fault),
      worded("orders and fills are not told of as they happen", this.#subscription.fault),
    ].filter((fault) => fault !== null);
  }

  /** Answers may still arrive after the end; nobody is told of them. */
  #untilStopped(sink: FeedSink): FeedSink {
    return {
      instrument: (instrument) => sink.instrument(instrument),
      push: (event, urgent) => {
        if (!this.#stopped) sink.push(event, urgent);
      },
      tick: (instrument, field, value, at) => sink.tick(instrument, field, value, at),
      brokerTime: (instrument, time) => sink.brokerTime(instrument, time),
    };
  }
}

/** The same accounts with the same markets, in whatever order OpenD lists them. */
function areSame(one: readonly FutuAccount[], other: readonly FutuAccount[]): boolean {
  const words = (accounts: readonly FutuAccount[]) =>
    accounts.map(({ id, trdEnv, markets }) => `${trdEnv} ${id} ${markets.toSorted((a, b) => a - b)}`).sort().join("|");
  return words(one) === words(other);
}

function worded(what: string, fault: string | null): string | null {
  return fault === null ? null : `${what}: ${fault}`;
}
