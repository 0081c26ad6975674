/** The simulated OpenD: a server of Futu's protocol that plays a scenario. */
import type { Clock } from "../../../application/ports/clock.ts";
import type { Log } from "../../../application/ports/log.ts";
import type { Address, ListeningSocket, Network } from "../../../application/ports/network.ts";
import { TRD_ENV, TRD_MARKET } from "../../futu/wire/codes.ts";
import { UPDATE_ORDER, UPDATE_ORDER_FILL } from "../../futu/wire/messages.ts";
import type { Responder } from "./answering.ts";
import { FutuBook, type FutuChange } from "./book.ts";
import { OpenDConditions } from "./conditions.ts";
import { openDesk } from "./desk.ts";
import { garbage } from "./garbage.ts";
import { dealRow, orderRow } from "./rows.ts";
import type { FutuFault, FutuHappening, FutuScenario, FutuTimedEvent } from "./scenario.ts";
import { FutuSession, type FutuSessionHost } from "./session.ts";
import { type FutuTruth, futuTruth } from "./truth.ts";

export interface OpenDOptions {
  readonly network: Network;
  readonly clock: Clock;
  /** The same seed, scenario and start give the same answers to the same questions at the same times. */
  readonly seed: number;
  /** Port 0 picks a free one. */
  readonly address: Address;
  readonly scenario: FutuScenario;
  readonly log: Log;
}

export interface OpenD {
  readonly port: number;
  /** Connections that InitConnect has let in. */
  readonly clients: number;
  /** Messages that would have unlocked trading, placed or changed something. Each was refused. */
  readonly tradeMessagesReceived: number;
  /** How many times a message came, over all connections. */
  received(protoId: number): number;
  /** Makes trouble now. */
  fault(fault: FutuFault): void;
  /** Changes the market or the book now. */
  happen(happening: FutuHappening): void;
  /** The book as it is now, account by account. */
  truth(): readonly FutuTruth[];
  /** Closes every connection, the port and all timers. */
  stop(): Promise<void>;
}

/**
 * Opens the port and starts the scenario's time.
 *
 * Rejects when the port cannot be opened, with the system's own error.
 */
export async function startOpenD(options: OpenDOptions): Promise<OpenD> {
  const openD = new SimulatedOpenD(options);
  await openD.listen(options.address);
  openD.start();
  return openD;
}

/** Connections are numbered from here: beyond what a double holds exactly, as OpenD's are. */
const FIRST_CONNECTION = 7_335_166_262_126_390_000n;

class SimulatedOpenD implements OpenD, FutuSessionHost {
  readonly scenario: FutuScenario;
  readonly conditions: OpenDConditions;
  readonly clock: Clock;
  readonly log: Log;
  readonly desk: ReadonlyMap<number, Responder<FutuSession>>;
  readonly #network: Network;
  readonly #book: FutuBook;
  readonly #sessions = new Set<FutuSession>();
  readonly #received = new Map<number, number>();
  /** What ends the timers that are running, by what they are for. */
  readonly #timers = new Map<string, () => void>();
  #listener: ListeningSocket | null = null;
  #address: Address = { host: "", port: 0 };
  #connections = 0n;
  #tradeMessages = 0;
  #stopped = false;

  constructor({ network, clock, seed, scenario, log }: OpenDOptions) {
    this.#network = network;
    this.clock = clock;
    this.log = log;
    this.scenario = scenario;
    this.conditions = new OpenDConditions(scenario.opend.loggedIn);
    this.#book = new FutuBook(scenario, clock, seed);
    this.desk = openDesk(this.#book, this.conditions);
  }

  get port(): number {
    return this.#address.port;
  }

  get clients(): number {
    return [...this.#sessions].filter((session) => session.started).length;
  }

  get tradeMessagesReceived(): number {
    return this.#tradeMessages;
  }

  received(protoId: number): number {
    return this.#received.get(protoId) ?? 0;
  }

  count(protoId: number): void {
    this.#received.set(protoId, this.received(protoId) + 1);
  }

  tradeMessage(protoId: number): void {
    this.#tradeMessages++;
    this.log.write("WARN", "TRADING", "A client sent a trade message to the simulated OpenD; it was refused", {
      protoId,
    });
  }

  closed(session: FutuSession): void {
    this.#sessions.delete(session);
  }

  async listen(address: Address): Promise<void> {
    const listener = await this.#network.listen(address, (stream) => {
      const session = new FutuSession(stream, this, String(FIRST_CONNECTION + ++this.#connections));
      this.#sessions.add(session);
      return session;
    });
    this.#address = { host: address.host, port: listener.port };
    this.#listener = listener;
  }

  start(): void {
    for (const [at, event] of this.scenario.events.entries()) {
      this.#after(`event ${at}`, event.atMs, () => this.#play(event));
    }
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const end of this.#timers.values()) end();
    this.#timers.clear();
    this.#drop();
    const listener = this.#listener;
    this.#listener = null;
    await listener?.close();
  }

  truth(): readonly FutuTruth[] {
    return futuTruth(this.#book);
  }

  happen(happening: FutuHappening): void {
    for (const change of this.#book.happen(happening)) {
      for (let copy = 0; copy < this.scenario.opend.pushCopies; copy++) this.#tell(change);
    }
  }

  fault(fault: FutuFault): void {
    this.log.write("INFO", "SYSTEM", "The simulated OpenD makes trouble on purpose", { kind: fault.kind });
    switch (fault.kind) {
      case "drop":
        return this.#drop();
      case "refuse":
        return this.#refuse(fault.seconds);
      case "freeze":
        this.conditions.frozen = true;
        return this.#after("thaw", fault.seconds * 1000, () => this.#thaw());
      case "logout":
        this.#setLogin(false);
        if (fault.seconds !== null) this.#after("login", fault.seconds * 1000, () => this.#setLogin(true));
        return;
      case "login":
        return this.#setLogin(true);
      case "rate-limit":
        this.conditions.limited = true;
        return this.#after("limit", fault.seconds * 1000, () => void (this.conditions.limited = false));
      case "drop-before-reply":
        return this.conditions.dropBeforeReply(fault.protoId, fault.times);
      case "garbage":
        return this.#each((session) => session.inject(garbage(fault.form)));
    }
  }

  #play(event: FutuTimedEvent): void {
    switch (event.kind) {
      case "order":
      case "fill":
      case "price":
        return this.happen(event);
      default:
        return this.fault(event);
    }
  }

  /** Tells those who asked for the account's pushes. */
  #tell({ order, deal }: FutuChange): void {
    const { spec } = this.#book.accounts.get(order.account)!;
    const header = { trdEnv: TRD_ENV[spec.env], accID: spec.id, trdMarket: TRD_MARKET[order.listed.spec.market]! };
    this.#each((session) => {
      if (!session.accounts.has(spec.id)) return;
      if (deal === null) session.push(UPDATE_ORDER, { header, order: orderRow(order) });
      else session.push(UPDATE_ORDER_FILL, { header, orderFill: dealRow(order, deal) });
    });
  }

  #setLogin(loggedIn: boolean): void {
    this.#end("login");
    this.conditions.loggedIn = loggedIn;
    this.#each((session) => session.tellLogin());
  }

  /** What was sent to OpenD meanwhile is answered now. */
  #thaw(): void {
    this.conditions.frozen = false;
    this.#each((session) => session.work());
  }

  #drop(): void {
    this.#each((session) => session.close());
  }

  #refuse(seconds: number): void {
    const listener = this.#listener;
    this.#listener = null;
    this.#drop();
    void listener?.close();
    this.#after("refusal", seconds * 1000, () => void this.#listenAgain());
  }

  /** The port was ours; somebody else may have taken it meanwhile, which ends the simulation for new clients. */
  async #listenAgain(): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.listen(this.#address);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      this.log.write("ERROR", "SYSTEM", "The simulated OpenD cannot open its port again; restart it", {
        port: this.#address.port,
        why,
      });
    }
  }

  #each(act: (session: FutuSession) => void): void {
    for (const session of [...this.#sessions]) act(session);
  }

  /** One timer for each purpose: a later one replaces it. */
  #after(purpose: string, ms: number, call: () => void): void {
    this.#end(purpose);
    const end = this.clock.after(ms, () => {
      this.#timers.delete(purpose);
      call();
    });
    this.#timers.set(purpose, end);
  }

  #end(purpose: string): void {
    this.#timers.get(purpose)?.();
    this.#timers.delete(purpose);
  }
}
