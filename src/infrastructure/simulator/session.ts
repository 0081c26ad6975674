/** One client's connection: greeting, requests and their answers, and what it is told unasked. */
import type { ByteStream, StreamEvents } from "../../application/ports/network.ts";
import type { Log } from "../../application/ports/log.ts";
import type { Clock } from "../../application/ports/clock.ts";
import { AccountStreams } from "./account_streams.ts";
import { BarService } from "./bar_service.ts";
import type { Conditions } from "./conditions.ts";
import { RequestReader } from "./frame.ts";
import { LoadGenerator } from "./load_generator.ts";
import {
  completedOrdersEnd,
  currentTime,
  error,
  greeting,
  managedAccounts,
  nextValidId,
  SERVER_VERSION,
} from "./messages.ts";
import { Outbox } from "./outbox.ts";
import { Pacing } from "./pacing.ts";
import { QuoteLines } from "./quote_lines.ts";
import { Records } from "./records.ts";
import { readRequest, type Request } from "./requests.ts";
import { type Change, exchangeTime, type Simulation } from "./simulation.ts";

/** What a session needs of the gateway it belongs to. */
export interface SessionHost {
  readonly simulation: Simulation;
  readonly conditions: Conditions;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether another connection has that client id. */
  idTaken(clientId: number, by: Session): boolean;
  /** An order message came; none should. */
  orderMessage(messageId: number, clientId: number): void;
  closed(session: Session): void;
}

/** The notice by which every client knows that nothing here is real. */
export const SIMULATED_CODE = 2199;
export const SIMULATED_TEXT = "This is APEX's simulated gateway: accounts, positions and prices are made up";

/** Bytes waiting for a slow client beyond which quotes are skipped, as IB conflates them. */
const BACKLOG_LIMIT = 1 << 20;

export class Session implements StreamEvents {
  readonly #reader = new RequestReader();
  readonly #pacing = new Pacing();
  readonly #outbox: Outbox;
  readonly #accounts: AccountStreams;
  readonly #records: Records;
  readonly #lines: QuoteLines;
  readonly #bars: BarService;
  readonly #load: LoadGenerator;
  /** Null until the greeting, then until the API is started. */
  #stage: "greeting" | "starting" | "started" | "closed" = "greeting";
  #clientId = -1;

  constructor(readonly stream: ByteStream, readonly host: SessionHost) {
    this.#outbox = new Outbox(stream);
    this.#accounts = new AccountStreams(host.simulation, this.#outbox, () => this.#loginTime().slice(9, 14));
    this.#records = new Records(host.simulation, this.#outbox, host.clock);
    this.#lines = new QuoteLines(host.simulation, host.conditions, this.#outbox);
    this.#bars = new BarService(host.simulation, this.#outbox, host.clock);
    this.#load = new LoadGenerator(host.simulation, this.#lines);
  }

  get clientId(): number {
    return this.#clientId;
  }

  get started(): boolean {
    return this.#stage === "started";
  }

  get lineCount(): number {
    return this.#lines.size;
  }

  onData(bytes: Uint8Array): void {
    if (this.#stage === "closed") return;
    this.#reader.push(bytes);
    this.read();
  }

  onClose(): void {
    if (this.#stage === "closed") return;
    this.#stage = "closed";
    this.host.closed(this);
  }

  close(): void {
    this.stream.close();
    this.onClose();
  }

  /** Works off what has arrived, unless the gateway is frozen. */
  read(): void {
    if (this.host.conditions.frozen) return;
    try {
      while (this.#stage !== "closed") {
        const message = this.#reader.next();
        if (message === null) break;
        this.#take(message);
      }
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      this.#warn(`${cause.message}; the connection is closed`);
      this.#outbox.flush();
      this.close();
    }
    this.#outbox.flush();
  }

  /** Sends what the passing of time brings: quotes and load ticks. */
  tick(elapsed: number): void {
    if (!this.started) return;
    if (this.stream.backlog < BACKLOG_LIMIT) {
      const { ticksPerSecond } = this.host.simulation.scenario.gateway;
      this.#lines.flush(elapsed, this.host.clock.now());
      if (ticksPerSecond > 0) this.#outbox.add(...this.#load.ticks(elapsed, ticksPerSecond));
    }
    this.#outbox.flush();
  }

  refreshAccounts(): void {
    if (!this.started || !this.host.conditions.connected) return;
    this.#accounts.refresh();
    this.#outbox.flush();
  }

  sendPnl(): void {
    if (!this.started || !this.host.conditions.connected) return;
    this.#accounts.sendPnl();
    this.#outbox.flush();
  }

  /** Tells of a trade or a changed position. */
  tell(change: Change): void {
    if (!this.started) return;
    if (change.kind === "position") this.#accounts.positionChanged(change.account, change.listed);
    else if (this.host.simulation.scenario.gateway.liveExecutions) this.#records.execution(-1, change.execution);
    if (!this.host.conditions.frozen) this.#outbox.flush();
  }

  /** A message about the connection as a whole, and what it does to the lines. */
  announce(code: number, text: string): void {
    if (!this.started) return;
    this.#outbox.add(error(-1, code, text));
    if (!this.host.conditions.frozen) this.#outbox.flush();
  }

  get lines(): QuoteLines {
    return this.#lines;
  }

  /** Raw bytes, in order with everything else. */
  inject(bytes: Uint8Array): void {
    this.#outbox.add(bytes);
    this.#outbox.flush();
  }

  flush(): void {
    this.#outbox.flush();
  }

  #take(message: string): void {
    if (this.#stage === "greeting") return this.#greet(message);
    switch (this.#pacing.count(this.host.clock.monotonic())) {
      case "warn":
        this.#outbox.add(error(-1, 100, "Max rate of messages per second has been exceeded: max=50 rec=51 (1)"));
        break;
      case "close":
        this.#warn("A client kept sending more than 50 messages a second; the connection is closed");
        this.#outbox.flush();
        return this.close();
    }
    const request = this.#parse(message);
    if (request === null) return;
    if (this.#stage === "starting") {
      if (request.kind === "start-api") this.#start(request.clientId);
      else this.#warn("A client sent a request before it started the API; the request is ignored");
      return;
    }
    this.#serve(request);
  }

  /** A field that cannot be read is answered as TWS does; the connection goes on. */
  #parse(message: string): Request | null {
    try {
      return readRequest(message);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      this.#outbox.add(error(-1, 320, `Error reading request. ${cause.message}`));
      return null;
    }
  }

  /** `v100..178`, perhaps followed by connection options. */
  #greet(text: string): void {
    const match = /^v(\d+)(?:\.\.(\d+))?/.exec(text);
    const lowest = Number(match?.[1] ?? NaN);
    const highest = Number(match?.[2] ?? match?.[1] ?? NaN);
    if (!(lowest <= SERVER_VERSION && highest >= SERVER_VERSION)) {
      this.#warn(
        `A client speaks versions ${text.slice(0, 40)} of the TWS protocol, but the simulated gateway only ` +
          `${SERVER_VERSION}; use a client that offers it. The connection is closed`,
      );
      return this.close();
    }
    this.#stage = "starting";
    this.#outbox.add(greeting(this.#loginTime()));
  }

  #start(clientId: number): void {
    const { host } = this;
    if (host.conditions.idsTaken || host.idTaken(clientId, this)) {
      const why = "Unable to connect as the client id is already in use. Retry with a unique client id.";
      this.#outbox.add(error(-1, 326, why));
      this.#outbox.flush();
      return this.close();
    }
    this.#clientId = clientId;
    this.#stage = "started";
    this.#outbox.add(
      nextValidId(1),
      managedAccounts(host.simulation.book.accounts.map(({ id }) => id)),
      error(-1, SIMULATED_CODE, SIMULATED_TEXT),
    );
    for (const farm of new Set(host.simulation.contracts.map(({ spec }) => spec.farm))) {
      const down = host.conditions.farmsDown.has(farm);
      const text = down ? "Market data farm connection is broken:" : "Market data farm connection is OK:";
      this.#outbox.add(error(-1, down ? 2103 : 2104, text + farm));
    }
    this.#outbox.add(
      error(-1, 2106, "HMDS data farm connection is OK:ushmds"),
      error(-1, 2158, "Sec-def data farm connection is OK:secdefil"),
    );
    if (!host.conditions.connected) this.#outbox.add(error(-1, 1100, CONNECTIVITY[1100]));
    host.log.write("INFO", "SYSTEM", "A client started the API of the simulated gateway", { clientId });
  }

  #serve(request: Request): void {
    if (this.#accounts.serve(request)) return;
    switch (request.kind) {
      case "market-data":
        return this.#lines.request(request);
      case "cancel-market-data":
        return this.#lines.cancel(request.id);
      case "market-data-type":
        return this.#lines.want(request.type);
      case "contract-details":
        return this.#records.details(request.id, request.contract);
      case "executions":
        return this.#records.executions(request.id, request.filter);
      case "open-orders":
        return this.#records.orders(request.all ? null : this.#clientId);
      case "completed-orders":
        return this.#outbox.add(completedOrdersEnd());
      case "ids":
        return this.#outbox.add(nextValidId(1));
      case "managed-accounts":
        return this.#outbox.add(managedAccounts(this.host.simulation.book.accounts.map(({ id }) => id)));
      case "current-time":
        return this.#outbox.add(currentTime(Math.floor(this.host.clock.now() / 1000)));
      case "order":
        return this.#refuseOrder(request.id, request.messageId);
      case "bars":
        return this.#bars.request(request);
      case "history": {
        const why = "Historical Market Data Service error message:not simulated";
        return this.#outbox.add(error(request.id, 162, why));
      }
      case "unserved":
        this.#warn(`A client sent message ${request.messageId}, which the simulated gateway does not serve`);
        return this.#outbox.add(error(-1, 505, `Fatal Error: Unknown message id.${request.messageId}`));
    }
  }

  #refuseOrder(id: number, messageId: number): void {
    this.host.orderMessage(messageId, this.#clientId);
    const why = "Error validating request.-'bO' : cause - The API interface is currently in Read-Only mode.";
    this.#outbox.add(error(id, 321, why));
  }

  /** `20261120 10:30:45 EST`. */
  #loginTime(): string {
    const zone = this.host.simulation.scenario.gateway.loginTimeZone;
    const now = this.host.clock.now();
    const short = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "short" }).formatToParts(now)
      .find((part) => part.type === "timeZoneName")?.value ?? zone;
    return `${exchangeTime(zone, now).slice(0, 17)} ${short}`;
  }

  #warn(message: string): void {
    this.host.log.write("WARN", "SYSTEM", message, { clientId: this.#clientId });
  }
}

/** TWS's words for losing and regaining IB. */
export const CONNECTIVITY = {
  1100: "Connectivity between IBKR and Trader Workstation has been lost.",
  1101: "Connectivity between IBKR and Trader Workstation has been restored - data lost. All data farms are connected.",
  1102: "Connectivity between IBKR and Trader Workstation has been restored - data maintained. All data farms are " +
    "connected.",
} as const;
