/**
 * One try to have a session with TWS, from dialling to the session's end: time-outs for the connection, for the server's
 * version, then for the next order id and the accounts; and a watch over silence while the session holds.
 */
import type { IBApi } from "@stoqey/ib/dist/api/api.js";
import { EventName } from "@stoqey/ib/dist/api/data/enum/event-name.js";
import type { Clock } from "../../application/ports/clock.ts";
import { every } from "../../application/ports/clock.ts";
import type { Network } from "../../application/ports/network.ts";
import type { IbkrSettings } from "../../application/settings.ts";
import { addressText } from "../net/address_text.ts";
import { ApiTransport, type TransportEvents } from "./api_transport.ts";
import { describeMessage, meaningOf } from "./message_codes.ts";

/** Silence after which TWS is asked for its time, in case it is only a quiet evening. */
export const PROBE_AFTER_MS = 3_000;
/** Silence after which the link counts as frozen: the answer to the probe is overdue. */
export const SILENT_AFTER_MS = 5_000;
/** Silence after which the connection is given up and made anew. */
export const GIVE_UP_AFTER_MS = 20_000;
const WATCH_EVERY_MS = 500;
/** A watch that comes this late says that this program stood still, not that TWS was silent. */
const OWN_STALL_MS = 2_500;
export interface Session {
  readonly api: IBApi;
  readonly serverVersion: number;
  readonly clientId: number;
  /** TWS's own clock when we connected, with its zone: "20261120 10:30:45 EST". */
  readonly connectionTime: string;
  /** All that the login manages. */
  readonly accounts: readonly string[];
}

export interface AttemptOwner
  extends
    Pick<TransportEvents, "onPriceTick" | "onComputation" | "onUnreadable" | "onBadNumber" | "onRefusedOutbound"> {
  /** A fresh library instance: attach listeners now, before anything is sent. */
  onInstance(api: IBApi): void;
  /** Sends `call` past the queue and counts it against the pace. */
  probe(call: (api: IBApi) => void): void;
}

export interface AttemptDependencies {
  readonly settings: IbkrSettings;
  readonly network: Network;
  readonly clock: Clock;
  readonly owner: AttemptOwner;
}

export interface AttemptOver {
  readonly reason: string;
  readonly idInUse: boolean;
  /** How long the session held; null when it never came about. */
  readonly lastedMs: number | null;
}

export interface AttemptEvents {
  onReady(session: Session): void;
  onSilence(silentMs: number): void;
  onThaw(session: Session): void;
  onOver(over: AttemptOver): void;
}

export class Attempt {
  readonly #deps: AttemptDependencies;
  readonly #events: AttemptEvents;
  readonly #transport: ApiTransport;
  readonly #dialling = new AbortController();
  #cancelTimer: (() => void) | null = null;
  #connectionTime = "";
  #accounts: readonly string[] | null = null;
  #orderIdSeen = false;
  #session: Session | null = null;
  #readyAt = 0;
  #lastHeard = 0;
  #lastWatch = 0;
  #probed = false;
  #silent = false;
  #idInUse = false;
  #lastNotice: string | null = null;
  #over = false;

  constructor(deps: AttemptDependencies, readonly clientId: number, events: AttemptEvents) {
    this.#deps = deps;
    this.#events = events;
    const { settings, clock, owner } = deps;
    this.#transport = new ApiTransport({
      address: { host: settings.host, port: settings.port },
      clientId,
      now: () => clock.monotonic(),
      events: {
        onServerVersion: (_version, time) => this.#greeted(time),
        onMessage: () => this.#heard(),
        onPriceTick: (id, tick, price, size) => owner.onPriceTick(id, tick, price, size),
        onComputation: (id, tick, computation) => owner.onComputation(id, tick, computation),
        onUnreadable: (message, reason) => owner.onUnreadable(message, reason),
        onBadNumber: (message, text) => owner.onBadNumber(message, text),
        onRefusedOutbound: (reason) => owner.onRefusedOutbound(reason),
        onClosed: (reason) => this.#end(this.#closing(reason)),
      },
    });
  }

  start(): void {
    const { settings, clock } = this.#deps;
    const { api } = this.#transport;
    api.on(EventName.nextValidId, () => {
      this.#orderIdSeen = true;
      this.#checkReady();
    });
    api.on(EventName.managedAccounts, (list: string) => {
      this.#accounts = list.split(",").map((each) => each.trim()).filter((each) => each !== "");
      this.#checkReady();
    });
    api.on(EventName.info, (text: string, code: number) => this.#notice(code, text));
    api.on(EventName.error, (error: Error, code: number, requestId: number) => {
      if (requestId === -1) this.#notice(code, error.message);
    });
    this.#deps.owner.onInstance(api);
    this.#within(settings.connectTimeoutMs, () => {
      this.#end(`${this.#unreachable()}: no answer within ${settings.connectTimeoutMs} ms. ${CHECK}`);
    });
    this.#transport.open(this.#deps.network, this.#dialling.signal).then(
      () => {
        if (this.#over) return;
        this.#within(settings.handshakeTimeoutMs, () => {
          this.#end(
            `${this.#unreachable()}: the port is open, but nothing answered the greeting within ` +
              `${settings.handshakeTimeoutMs} ms. ${CHECK}`,
          );
        });
      },
      (error: unknown) => this.#end(`${this.#unreachable()}: ${wordsOf(error)}. ${CHECK}`),
    );
    this.#lastHeard = clock.monotonic();
  }

  /** Ends it from this side. */
  abandon(reason: string): void {
    this.#end(reason);
  }

  #greeted(connectionTime: string): void {
    this.#connectionTime = connectionTime;
    const { handshakeTimeoutMs } = this.#deps.settings;
    this.#within(handshakeTimeoutMs, () => {
      this.#end(
        `${this.#unreachable()}: TWS greeted but did not start the session within ${handshakeTimeoutMs} ms. ` +
          "It may wait for a click on its own screen (login, or accept the API connection)",
      );
    });
  }

  #checkReady(): void {
    if (this.#session !== null || !this.#orderIdSeen || this.#accounts === null) return;
    this.#cancelTimer?.();
    const { clock } = this.#deps;
    this.#session = {
      api: this.#transport.api,
      serverVersion: this.#transport.serverVersion ?? 0,
      clientId: this.clientId,
      connectionTime: this.#connectionTime,
      accounts: this.#accounts,
    };
    this.#readyAt = clock.monotonic();
    this.#lastHeard = this.#readyAt;
    this.#lastWatch = this.#readyAt;
    this.#cancelTimer = every(clock, WATCH_EVERY_MS, () => this.#watch());
    this.#events.onReady(this.#session);
  }

  #notice(code: number, text: string): void {
    const meaning = meaningOf(code);
    if (meaning.session === "disconnect" || meaning.session === "too-fast") {
      this.#lastNotice = describeMessage(code, text);
    }
    if (meaning.session === "client-id-in-use") {
      this.#idInUse = true;
      this.#end(`${this.#unreachable()}: client id ${this.clientId} is in use there. ${capital(meaning.remedy)}`);
    }
  }

  #heard(): void {
    this.#lastHeard = this.#deps.clock.monotonic();
    this.#probed = false;
    if (!this.#silent || this.#session === null) return;
    this.#silent = false;
    this.#events.onThaw(this.#session);
  }

  #watch(): void {
    const now = this.#deps.clock.monotonic();
    const stalled = now - this.#lastWatch > OWN_STALL_MS;
    this.#lastWatch = now;
    // Bytes may wait unread when this program stood still (a suspended laptop): hear them first.
    if (stalled) this.#lastHeard = now;
    const silentMs = now - this.#lastHeard;
    if (silentMs >= GIVE_UP_AFTER_MS) {
      return this.#end(`nothing arrived for ${Math.round(silentMs / 1000)} s, the connection is given up`);
    }
    if (silentMs >= PROBE_AFTER_MS && !this.#probed) {
      this.#probed = true;
      this.#deps.owner.probe((api) => api.reqCurrentTime());
    }
    if (silentMs >= SILENT_AFTER_MS && !this.#silent) {
      this.#silent = true;
      this.#events.onSilence(silentMs);
    }
  }

  #closing(reason: string): string {
    const words = this.#lastNotice === null ? reason : `${reason} after it said ${this.#lastNotice}`;
    return this.#session === null ? `${this.#unreachable()}: ${words}. ${CHECK}` : words;
  }

  #end(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimer?.();
    this.#dialling.abort();
    this.#transport.close(reason);
    const lastedMs = this.#session === null ? null : this.#deps.clock.monotonic() - this.#readyAt;
    this.#events.onOver({ reason, idInUse: this.#idInUse, lastedMs });
  }

  #within(ms: number, call: () => void): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#deps.clock.after(ms, call);
  }

  #unreachable(): string {
    return `Cannot reach IBKR at ${addressText(this.#deps.settings)}`;
  }
}

const CHECK = "Start TWS or IB Gateway and allow API clients there (Configure > API > Settings); " +
  "TWS listens on 7496 live and 7497 paper, IB Gateway on 4001 live and 4002 paper";

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
