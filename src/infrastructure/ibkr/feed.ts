/**
 * The Interactive Brokers adapter as a market-data feed: one connection, and the parts that live on it.
 *
 * Callbacks only decode and hand over to the sink. Importing this file loads the client library, so import it lazily.
 */
import type { IBApi } from "@stoqey/ib/dist/api/api.js";
import { EventName } from "@stoqey/ib/dist/api/data/enum/event-name.js";
import type { Clock, Random } from "../../application/ports/clock.ts";
import type { FeedAnswer, FeedSink, LinePriorities, MarketDataFeed } from "../../application/ports/feed.ts";
import type { DailyHistory } from "../../application/ports/history.ts";
import type { Log } from "../../application/ports/log.ts";
import type { Network } from "../../application/ports/network.ts";
import type { IbkrSettings } from "../../application/settings.ts";
import type { InstrumentIndex } from "../../domain/event.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { IndicesWatched } from "../../domain/signals/signal_settings.ts";
import { AccountSummary } from "./account_summary.ts";
import { AccountUpdates } from "./account_updates.ts";
import { InboundMessage } from "./api_transport.ts";
import { BrokerPnlStreams } from "./broker_pnl.ts";
import type { Session } from "./attempt.ts";
import { Connection } from "./connection.ts";
import { isDetails } from "./decode/contract.ts";
import { Contracts, type KnownContract } from "./contracts.ts";
import { CurrencyPairs } from "./currency_pairs.ts";
import { Executions } from "./executions.ts";
import { FaultLog } from "./fault_log.ts";
import { History } from "./history.ts";
import { Link } from "./link_status.ts";
import { Orders } from "./orders.ts";
import { Pacer } from "./pacing.ts";
import { Positions } from "./positions.ts";
import { Requests } from "./requests.ts";
import { SessionMessages } from "./session_messages.ts";
import { SignalIndices } from "./signal_indices.ts";
import { Subscriptions } from "./subscriptions.ts";
import { Underlyings } from "./underlyings.ts";

export interface IbkrFeedOptions {
  readonly settings: IbkrSettings;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly sink: FeedSink;
  /** Symbol of a US stock or fund whose price beta weighting needs; null when none does. */
  readonly betaReference: string | null;
  /** What all amounts are converted to; null: the accounts' common currency. */
  readonly baseCurrency?: string | null;
  /** Indices that the signals' rules need. */
  readonly indices?: IndicesWatched;
  /** The registry's fields of an index, so that lines can be given to instruments that IBKR never named here. */
  readonly instrumentAt?: (index: InstrumentIndex) => Instrument | null;
}

/** How much of a first complete view is there. */
export interface IbkrReadiness {
  readonly connected: boolean;
  readonly positions: boolean;
  readonly accounts: boolean;
  readonly executions: boolean;
  /** P&L subscriptions of accounts and holdings, and how many have answered or were refused. */
  readonly pnl: { readonly requested: number; readonly answered: number };
  /** Contract details not answered yet. */
  readonly contractsPending: number;
  readonly lines: { readonly wanted: number; readonly settled: number; readonly live: number };
  /** All of the above. */
  readonly complete: boolean;
}

export interface IbkrFeed extends MarketDataFeed {
  readiness(): IbkrReadiness;
  /** Prices of past days. */
  readonly history: DailyHistory;
}

export function ibkrFeed(options: IbkrFeedOptions): IbkrFeed {
  return new InteractiveBrokers(options);
}

class InteractiveBrokers implements IbkrFeed {
  readonly #options: IbkrFeedOptions;
  readonly #requests: Requests;
  readonly #connection: Connection;
  readonly #link: Link;
  readonly #faults: FaultLog;
  readonly #contracts: Contracts;
  readonly #positions: Positions;
  readonly #summary: AccountSummary;
  readonly #pnl: BrokerPnlStreams;
  readonly #updates: AccountUpdates;
  readonly #executions: Executions;
  readonly #orders: Orders;
  readonly #lines: Subscriptions;
  readonly #underlyings: Underlyings;
  readonly #pairs: CurrencyPairs;
  readonly #indices: SignalIndices;
  readonly history: History;
  readonly #broadcasts: SessionMessages;
  #session: Session | null = null;
  #prioritised: LinePriorities = { instruments: [], currencies: [] };
  /** Underlyings: not held, but priced. */
  readonly #priced = new Set<InstrumentIndex>();
  #betaReference: InstrumentIndex | null = null;
  readonly #sought = new Set<InstrumentIndex>();
  /** On this connection. */
  #updatesAsked = false;
  #settling = false;
  #stopped = false;

  constructor(options: IbkrFeedOptions) {
    this.#options = options;
    const { settings, clock, sink, log } = options;
    const timeoutMs = settings.requestTimeoutMs;
    const requests = new Requests(new Pacer(clock, settings.requestsPerSecond));
    this.#requests = requests;
    this.#faults = new FaultLog(log, clock);
    this.#link = new Link(sink, clock);
    this.#link.downloading = "downloading positions and account values";
    const contracts = new Contracts({
      sink,
      requests,
      clock,
      log,
      timeoutMs,
      onKnown: (known) => this.#onContract(known),
    });
    this.#contracts = contracts;
    this.#pnl = new BrokerPnlStreams({ sink, requests, clock });
    this.#positions = new Positions({
      sink,
      requests,
      contracts,
      clock,
      log,
      timeoutMs,
      onHoldings: (changed) => {
        if (changed) this.#executions.positionChanged();
        this.#onHoldings();
      },
    });
    this.#summary = new AccountSummary({
      sink,
      requests,
      clock,
      log,
      timeoutMs,
      onBadNumber: (text) => this.#faults.badNumber(InboundMessage.accountSummary, text),
    });
    this.#updates = new AccountUpdates({
      sink,
      requests,
      contracts,
      clock,
      timeoutMs,
      hasLeafPnl: (account, conId) => this.#pnl.covers(account, conId),
      rateOf: (account, currency) => this.#summary.rateOf(account, currency),
    });
    this.#executions = new Executions({ sink, requests, contracts, clock, log, timeoutMs });
    this.#orders = new Orders({ sink, requests, contracts, clock });
    this.history = new History({ requests, contracts, clock });
    this.#lines = new Subscriptions({
      sink,
      requests,
      contracts,
      clock,
      log,
      budget: settings.marketDataLines,
      rotationMs: settings.rotationSeconds * 1000,
      marketDataType: settings.marketDataType,
      onServersAlive: () => this.#broadcasts.onServersAlive(),
    });
    this.#underlyings = new Underlyings({
      sink,
      contracts,
      onLinked: (underlying) => {
        this.#priced.add(underlying);
        this.#wantLines();
      },
    });
    this.#pairs = new CurrencyPairs({ contracts, onChange: () => this.#wantLines() });
    this.#indices = new SignalIndices({
      contracts,
      watched: options.indices ?? { volatility: null, broad: null },
      log,
      onFound: () => this.#wantLines(),
    });
    this.#broadcasts = new SessionMessages({
      sink,
      clock,
      log,
      link: this.#link,
      lines: this.#lines,
      faults: this.#faults,
      onDataLost: () => this.#resubscribe(),
      onDataKept: () => this.#executions.refresh(),
    });
    this.#connection = this.#makeConnection();
  }

  start(): void {
    this.#connection.start();
  }

  stop(): Promise<void> {
    this.#connection.stop();
    this.#stopped = true;
    return Promise.resolve();
  }

  prioritise(priorities: LinePriorities): void {
    this.#prioritised = priorities;
    for (const index of priorities.instruments) this.#seek(index);
    this.#wantLines();
  }

  resubscribe(instrument: InstrumentIndex): FeedAnswer {
    // A contract that is not known well enough to be streamed is looked up first.
    this.#seek(instrument);
    return this.#lines.resubscribe(instrument);
  }

  reconnect(): FeedAnswer {
    return this.#connection.reconnect("a person asked for a new connection");
  }

  readiness(): IbkrReadiness {
    const pnl = this.#pnl.progress();
    const lines = this.#lines.progress();
    const connected = this.#session !== null;
    const positions = this.#positions.complete;
    const accounts = this.#summary.complete;
    const executions = this.#executions.complete;
    const contractsPending = this.#contracts.pending;
    const complete = connected && positions && accounts && executions && contractsPending === 0 &&
      pnl.answered >= pnl.requested && lines.settled >= lines.wanted;
    return { connected, positions, accounts, executions, pnl, contractsPending, lines, complete };
  }

  #makeConnection(): Connection {
    const { settings, network, clock, random, log } = this.#options;
    return new Connection({
      settings,
      network,
      clock,
      random,
      log,
      owner: {
        onInstance: (api) => this.#listen(api),
        onSession: (session) => this.#onSession(session),
        onLost: (reason) => this.#onLost(reason),
        onPhase: (phase) => {
          if (phase.kind === "silent") this.#requests.pacer.pause();
          else if (phase.kind === "session") this.#requests.pacer.resume();
          this.#link.onPhase(phase);
        },
        probe: (call) => this.#requests.sendAtOnce(call),
        onPriceTick: (id, tick, price, size) => this.#lines.onPriceTick(id, tick, price, size),
        onComputation: (id, tick, computation) => this.#lines.onComputation(id, tick, computation),
        onUnreadable: (message, reason) => this.#onUnreadable(message, reason),
        onBadNumber: (message, text) => this.#faults.badNumber(message, text),
        onRefusedOutbound: (reason) => {
          log.write("ERROR", "TRADING", `Kept a message from IBKR: ${reason}. APEX only asks for data`);
        },
      },
    });
  }

  #listen(api: IBApi): void {
    api.on(EventName.position, (account, contract, quantity, avgCost) => {
      this.#positions.onRow(account, contract, quantity, avgCost);
    });
    api.on(EventName.positionEnd, () => this.#positions.onEnd());
    api.on(EventName.accountSummary, (id, account, tag, value, currency) => {
      this.#summary.onRow(id, account, tag, value, currency);
      if (this.#summary.complete) this.#wantLines();
      this.#updateLink();
    });
    api.on(EventName.accountSummaryEnd, (id: number) => {
      this.#summary.onEnd(id);
      this.#wantLines();
      this.#updateLink();
    });
    api.on(EventName.contractDetails, (id, details) => this.#contracts.onDetails(id, details));
    // The library declares a contract here and hands out details.
    api.on(EventName.bondContractDetails, (id, details: unknown) => {
      if (isDetails(details)) this.#contracts.onDetails(id, details);
    });
    api.on(EventName.contractDetailsEnd, (id) => this.#contracts.onDetailsEnd(id));
    api.on(EventName.historicalData, (id, date, _open, _high, _low, close) => this.history.onBar(id, date, close));
    api.on(EventName.pnl, (id, daily, unrealized, realized) => {
      this.#pnl.onAccount(id, { daily, unrealized, realized });
    });
    api.on(EventName.pnlSingle, (id, quantity, daily, unrealized, realized, value) => {
      this.#pnl.onLeaf(id, quantity, { daily, unrealized, realized }, value);
    });
    api.on(
      EventName.updatePortfolio,
      (contract, quantity, price, marketValue, _averageCost, unrealized, realized, account) => {
        this.#updates.onPortfolio(contract, { account, quantity, price, marketValue, unrealized, realized });
      },
    );
    api.on(EventName.accountDownloadEnd, (account) => this.#updates.onEnd(account));
    api.on(EventName.execDetails, (_id, contract, execution) => this.#executions.onExecution(contract, execution));
    api.on(EventName.execDetailsEnd, (id) => this.#executions.onEnd(id));
    api.on(EventName.commissionReport, (report) => this.#executions.onCommission(report));
    api.on(EventName.openOrder, (id, contract, order, state) => this.#orders.onOrder(id, contract, order, state));
    api.on(EventName.orderStatus, (id, status, filled, _remaining, _averagePrice, permId) => {
      this.#orders.onStatus(id, permId, status, filled);
    });
    api.on(EventName.openOrderEnd, () => this.#orders.onEnd());
    api.on(EventName.tickSize, (id, tick, size) => this.#lines.onSizeTick(id, tick ?? -1, size));
    api.on(EventName.tickString, (id, tick, text) => this.#lines.onTextTick(id, tick, text));
    api.on(EventName.tickGeneric, (id, tick) => this.#lines.onOtherTick(id, tick));
    api.on(EventName.marketDataType, (id, type) => this.#lines.onMarketDataType(id, type));
    api.on(EventName.currentTime, (seconds) => this.#broadcasts.onBrokerTime(seconds));
    api.on(EventName.info, (text: string, code: number) => this.#broadcasts.onMessage(code, text));
    api.on(EventName.error, (error: Error, code: number, id: number) => {
      const owner = this.#requests.ownerOf(id);
      if (owner !== null) owner.onMessage(id, code, error.message);
      else if (id === -1) this.#broadcasts.onMessage(code, error.message);
      this.#lines.settle();
    });
  }

  #onSession(session: Session): void {
    const { settings, log } = this.#options;
    this.#session = session;
    this.#requests.attach(session.api);
    const accounts = this.#accountsOf(session);
    this.#broadcasts.connected();
    this.#link.fault = accounts.length === 0
      ? `none of the accounts in ibkr.accounts is managed by this login: ${session.accounts.length} others are`
      : null;
    if (accounts.length < settings.accounts.length) {
      const missing = settings.accounts.filter((each) => !session.accounts.includes(each));
      log.write("WARN", "SYSTEM", "This IBKR login does not manage all accounts of ibkr.accounts", {
        account: missing,
      });
    }
    this.#lines.connected();
    this.#positions.connected(accounts);
    this.#summary.connected(accounts);
    this.#executions.connected(accounts, session.connectionTime);
    this.#pnl.connected(accounts);
    this.#contracts.connected();
    this.#seekBetaReference();
    this.#indices.connected();
    this.#updatesAsked = false;
    this.#orders.connected(accounts);
    this.history.connected();
    this.#updateLink();
  }

  #accountsOf(session: Session): readonly string[] {
    const { accounts } = this.#options.settings;
    return accounts.length === 0 ? session.accounts : session.accounts.filter((each) => accounts.includes(each));
  }

  #onLost(reason: string): void {
    this.#session = null;
    this.#requests.detach();
    this.#contracts.disconnected();
    this.#positions.disconnected();
    this.#summary.disconnected();
    this.#executions.disconnected();
    this.#pnl.disconnected();
    this.#updates.disconnected();
    this.#orders.disconnected();
    this.history.disconnected();
    this.#lines.disconnected(reason);
    this.#updateLink();
  }

  /** 1101: IBKR's servers forgot every subscription. */
  #resubscribe(): void {
    this.#lines.resubscribeAll();
    this.#positions.refresh();
    this.#summary.refresh();
    this.#executions.refresh();
    this.#pnl.refresh(this.#positions.holdings());
  }

  #onUnreadable(message: number, reason: string): void {
    this.#faults.unreadable(message, reason);
    if (message === InboundMessage.position) this.#positions.onUnreadable("a position message could not be read");
    if (message === InboundMessage.executionData) this.#executions.onUnreadable("an execution could not be read");
  }

  #onHoldings(): void {
    this.#wantLines();
    this.#updateLink();
  }

  #onContract(known: KnownContract): void {
    this.#positions.onContract(known);
    this.#lines.onContract(known);
    this.#underlyings.onContract(known);
    this.#wantLines();
  }

  #seekBetaReference(): void {
    const { betaReference, sink } = this.#options;
    if (betaReference === null) return;
    const instrument = usStock(betaReference);
    const index = sink.instrument(instrument);
    this.#betaReference = index;
    if (this.#sought.has(index)) return;
    this.#sought.add(index);
    this.#contracts.seekInstrument(instrument, index, () => this.#wantLines());
  }

  /** An instrument that only the registry knows: a manual entry's, or a currency pair the monitor needs. */
  #seek(index: InstrumentIndex): void {
    if (this.#sought.has(index) || this.#contracts.byIndex(index) !== null) return;
    const instrument = this.#options.instrumentAt?.(index) ?? null;
    // What is of an unknown type cannot be asked for; its source may still tell what it is.
    if (instrument === null || instrument.assetType === "UNKNOWN") return;
    this.#sought.add(index);
    this.#contracts.seekInstrument(instrument, index, () => this.#wantLines());
  }

  /** Once for a burst of changes: contract details arrive by the dozen. */
  #wantLines(): void {
    if (this.#settling) return;
    this.#settling = true;
    this.#options.clock.after(0, () => {
      this.#settling = false;
      if (this.#stopped) return;
      this.#lines.want(this.#wantedLines());
      this.#lines.settle();
      // After the contracts, so that these many requests do not hold up the first quotes.
      if (this.#session !== null && this.#contracts.pendingOfHoldings === 0) this.#followHoldings(this.#session);
    });
  }

  /**
   * Account updates come after the P&L subscriptions: their figures lack the day's P&L, and are for those holdings alone that
   * no subscription covers.
   */
  #followHoldings(session: Session): void {
    this.#pnl.follow(this.#positions.holdings());
    if (this.#updatesAsked || !this.#positions.complete) return;
    this.#updatesAsked = true;
    this.#updates.connected(this.#accountsOf(session));
  }

  /** First the few that the numbers of the whole book rest on: rates, indices, the beta reference. */
  #wantedLines(): InstrumentIndex[] {
    const held = new Set(this.#prioritised.instruments);
    for (const index of this.#priced) held.add(index);
    for (const { index, quantity } of this.#positions.holdings()) if (quantity !== 0) held.add(index);
    const reference = this.#betaReference === null ? [] : [this.#betaReference];
    return [...new Set([...this.#rateLines([...held, ...reference]), ...this.#indices.lines, ...reference, ...held])];
  }

  /** Currency pairs of whatever is held, priced or owed in another currency than the base, at other brokers too. */
  #rateLines(instruments: readonly InstrumentIndex[]): InstrumentIndex[] {
    const accounts = this.#summary.accountCurrencies();
    const base = this.#options.baseCurrency ?? (accounts.size === 1 ? [...accounts][0]! : null);
    if (base === null) return [];
    const currencies = new Set([...accounts, ...this.#summary.cashCurrencies(), ...this.#prioritised.currencies]);
    for (const index of instruments) {
      const instrument = this.#contracts.byIndex(index)?.instrument ?? this.#options.instrumentAt?.(index) ?? null;
      if (instrument !== null) currencies.add(instrument.currency);
    }
    return this.#pairs.linesFor(currencies, base);
  }

  #updateLink(): void {
    const missing: string[] = [];
    if (!this.#positions.complete) missing.push("positions");
    if (!this.#summary.complete) missing.push("account values");
    this.#link.downloading = missing.length === 0 ? null : `downloading ${missing.join(" and ")}`;
    if (this.#session !== null) this.#link.update();
  }
}

function usStock(symbol: string): Instrument {
  return {
    symbol,
    underlying: symbol,
    assetType: "STOCK",
    expiry: null,
    strike: null,
    right: null,
    currency: "USD",
    multiplier: 1,
    tradingClass: "",
    exchange: "SMART",
    localSymbol: symbol,
    conId: null,
    priceMagnifier: 1,
    minTick: null,
  };
}
