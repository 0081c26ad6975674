/**
 * One look at TWS for `apex doctor`: how far a connection comes, and what it answers to requests for data. A connection of its
 * own, ended at once; nothing but requests for data leaves it, as for every other.
 */
import type { IBApi } from "@stoqey/ib/dist/api/api.js";
import { SecType } from "@stoqey/ib/dist/api/data/enum/sec-type.js";
import { EventName } from "@stoqey/ib/dist/api/data/enum/event-name.js";
import {
  type GatewayContact,
  type GatewayExamination,
  PROBE_SYMBOL,
  type QuoteAnswer,
  USUAL_PORTS,
} from "../../application/doctor/gateway.ts";
import type { Clock } from "../../application/ports/clock.ts";
import type { Log } from "../../application/ports/log.ts";
import type { Network } from "../../application/ports/network.ts";
import type { IbkrSettings } from "../../application/settings.ts";
import { isListening, WatchedNetwork } from "../net/probe.ts";
import { maskedAccount } from "../telemetry/masking.ts";
import { Attempt, type AttemptOver, type Session } from "./attempt.ts";
import { Farms } from "./farms.ts";
import { describeMessage, farmNameIn, meaningOf } from "./message_codes.ts";

/** Whoever looks does not wait as long as a monitor. */
const CONNECT_WITHIN_MS = 3_000;
const HANDSHAKE_WITHIN_MS = 4_000;
const ANSWERS_WITHIN_MS = 5_000;
/** The request's own number; the connection asks for one quote. */
const QUOTE_ID = 1;
/** Tick numbers from here on are of delayed data. */
const FIRST_DELAYED_TICK = 66;
const READ_ONLY = /read-only/i;

export interface ExaminationOptions {
  readonly settings: IbkrSettings;
  readonly network: Network;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export async function examineGateway(options: ExaminationOptions): Promise<GatewayExamination> {
  const { clientId, clientIdRange } = options.settings;
  const idsInUse: number[] = [];
  for (let id = clientId; id < clientId + Math.max(1, clientIdRange); id++) {
    const seen = await new Look(options, id).seen();
    options.signal.throwIfAborted();
    if (seen.contact.kind === "ids-in-use") idsInUse.push(id);
    else {
      const openPorts = seen.contact.kind === "refused" ? await listeningPorts(options) : [];
      return { ...seen, idsInUse, openPorts };
    }
  }
  return { ...NOTHING, contact: { kind: "ids-in-use" }, idsInUse };
}

/** Of the usual ports but the configured one, those that take a connection. */
async function listeningPorts({ settings, network, clock }: ExaminationOptions): Promise<readonly number[]> {
  const ports = [...USUAL_PORTS.keys()].filter((port) => port !== settings.port);
  const open = await Promise.all(ports.map((port) => isListening({ host: settings.host, port }, network, clock)));
  return ports.filter((_, at) => open[at]);
}

type Seen = Omit<GatewayExamination, "openPorts" | "idsInUse">;

const NOTHING: GatewayExamination = {
  contact: { kind: "refused" },
  openPorts: [],
  idsInUse: [],
  accounts: [],
  unknownAccounts: [],
  isSimulated: false,
  serversLost: null,
  farmsDown: [],
  clockAheadSeconds: null,
  isReadOnly: null,
  quote: null,
};

/** One connection. */
class Look {
  readonly #options: ExaminationOptions;
  readonly #wire: WatchedNetwork;
  readonly #attempt: Attempt;
  readonly #end = Promise.withResolvers<GatewayContact>();
  readonly #farms = new Farms();
  #session: Session | null = null;
  #cancelTimer: (() => void) | null = null;
  #isSimulated = false;
  #serversLost: string | null = null;
  #clockAheadSeconds: number | null = null;
  #isReadOnly: boolean | null = null;
  #dataType: 1 | 2 | 3 | 4 | null = null;
  #quote: QuoteAnswer | null = null;

  constructor(options: ExaminationOptions, clientId: number) {
    this.#options = options;
    const { settings, network, clock, log } = options;
    this.#wire = new WatchedNetwork(network);
    this.#attempt = new Attempt(
      {
        settings: {
          ...settings,
          connectTimeoutMs: Math.min(settings.connectTimeoutMs, CONNECT_WITHIN_MS),
          handshakeTimeoutMs: Math.min(settings.handshakeTimeoutMs, HANDSHAKE_WITHIN_MS),
        },
        network: this.#wire,
        clock,
        owner: {
          onInstance: (api) => this.#listen(api),
          probe: (call) => {
            if (this.#session !== null) call(this.#session.api);
          },
          onPriceTick: (id, tick, price) => this.#onPrice(id, tick, price),
          onComputation: () => {},
          onUnreadable: () => {},
          onBadNumber: () => {},
          onRefusedOutbound: (reason) => log.write("ERROR", "TRADING", `Kept a message from IBKR: ${reason}`),
        },
      },
      clientId,
      {
        onReady: (session) => this.#ask(session),
        onSilence: () => {},
        onThaw: () => {},
        onOver: (over) => this.#end.resolve(this.#contactOf(over)),
      },
    );
  }

  async seen(): Promise<Seen> {
    const { signal, settings } = this.#options;
    const stop = () => this.#attempt.abandon("told to stop");
    signal.throwIfAborted();
    signal.addEventListener("abort", stop, { once: true });
    try {
      this.#attempt.start();
      const contact = await this.#end.promise;
      const accounts = this.#session?.accounts ?? [];
      return {
        contact,
        accounts: accounts.map((account) => ({ shown: maskedAccount(account), isPaper: account.startsWith("D") })),
        unknownAccounts: accounts.length === 0
          ? []
          : settings.accounts.filter((account) => !accounts.includes(account)).map(maskedAccount),
        isSimulated: this.#isSimulated,
        serversLost: this.#serversLost,
        farmsDown: this.#farms.quotesDown(),
        clockAheadSeconds: this.#clockAheadSeconds,
        isReadOnly: this.#isReadOnly,
        quote: this.#quote,
      };
    } finally {
      signal.removeEventListener("abort", stop);
      this.#cancelTimer?.();
      this.#attempt.abandon("done");
    }
  }

  #listen(api: IBApi): void {
    api.on(EventName.currentTime, (seconds: number) => this.#onTime(seconds));
    api.on(EventName.openOrderEnd, () => {
      this.#isReadOnly ??= false;
      this.#settle();
    });
    api.on(EventName.marketDataType, (id: number, type: number) => {
      if (id === QUOTE_ID && (type === 1 || type === 2 || type === 3 || type === 4)) this.#dataType = type;
    });
    api.on(EventName.info, (text: string, code: number) => this.#onNotice(code, text));
    api.on(EventName.error, (error: Error, code: number, id: number) => {
      if (id === QUOTE_ID) this.#onQuoteMessage(code, error.message);
      else this.#onNotice(code, error.message);
    });
  }

  #ask(session: Session): void {
    const { clock, settings } = this.#options;
    this.#session = session;
    const { api } = session;
    api.reqMarketDataType(settings.marketDataType);
    api.reqCurrentTime();
    // Answered with a refusal where the API is read-only.
    api.reqAllOpenOrders();
    const contract = { symbol: PROBE_SYMBOL, secType: SecType.STK, exchange: "SMART", currency: "USD" };
    api.reqMktData(QUOTE_ID, contract, "", false, false);
    this.#cancelTimer = clock.after(ANSWERS_WITHIN_MS, () => this.#hand());
  }

  #onTime(seconds: number): void {
    // Whole seconds: half of one was over on average.
    this.#clockAheadSeconds = Math.round(seconds + 0.5 - this.#options.clock.now() / 1000);
    this.#settle();
  }

  #onPrice(id: number, tick: number, price: number | undefined): void {
    if (id !== QUOTE_ID || price === undefined || !(price > 0)) return;
    this.#quote = { kind: "quotes", dataType: this.#dataType ?? (tick >= FIRST_DELAYED_TICK ? 3 : 1) };
    this.#settle();
  }

  #onQuoteMessage(code: number, text: string): void {
    const { request } = meaningOf(code);
    if (request === "note" || request === "delayed" || request === "partly-no-permission") return;
    const words = describeMessage(code, text);
    this.#quote = { kind: "refused", code, words, isPermission: request === "no-permission" };
    this.#settle();
  }

  #onNotice(code: number, text: string): void {
    if (READ_ONLY.test(text)) {
      this.#isReadOnly = true;
      return this.#settle();
    }
    switch (meaningOf(code).session) {
      case "simulated":
        this.#isSimulated = true;
        break;
      case "servers-lost":
        this.#serversLost = describeMessage(code, text);
        break;
      case "servers-back-data-kept":
      case "servers-back-data-lost":
        this.#serversLost = null;
        break;
      case "farm-down":
        this.#farms.markDown(farmNameIn(text));
        break;
      case "farm-up":
      case "farm-idle":
        this.#farms.markUp(farmNameIn(text));
    }
  }

  /** Ends it once everything has answered. */
  #settle(): void {
    if (this.#session === null || this.#quote === null) return;
    if (this.#clockAheadSeconds !== null && this.#isReadOnly !== null) this.#hand();
  }

  #hand(): void {
    if (this.#session === null) return;
    const { clientId, serverVersion } = this.#session;
    this.#session.api.cancelMktData(QUOTE_ID);
    this.#quote ??= { kind: "silent" };
    this.#end.resolve({ kind: "session", clientId, serverVersion });
  }

  #contactOf({ reason, idInUse }: AttemptOver): GatewayContact {
    if (idInUse) return { kind: "ids-in-use" };
    const { isOpened, hasAnswered, failure } = this.#wire;
    if (failure instanceof Deno.errors.ConnectionRefused) return { kind: "refused" };
    if (failure instanceof Deno.errors.NotCapable) return { kind: "forbidden" };
    if (!isOpened) return { kind: "unreachable", reason: failure === null ? "it does not answer" : wordsOf(failure) };
    if (/does not speak the TWS protocol/.test(reason)) return { kind: "stranger", reason: toldBy(reason) };
    if (this.#wire.hasEnded) return { kind: "hung-up", reason: toldBy(reason) };
    return { kind: hasAnswered ? "waiting" : "silent" };
  }
}

/** The part of the attempt's words between what was tried and what to check, which the doctor says in its own. */
function toldBy(reason: string): string {
  return reason.replace(/^Cannot reach IBKR at \S+: /, "").replace(/\. Start TWS or IB Gateway.*$/, "");
}

function wordsOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
