/** Messages that name no request: IBKR's servers and farms going and coming, and what TWS wants to be known. */
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import { Farms } from "./farms.ts";
import type { FaultLog } from "./fault_log.ts";
import type { Link } from "./link_status.ts";
import { describeMessage, farmNameIn, meaningOf } from "./message_codes.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** TWS gives whole seconds, and an answer may take one: less than this says nothing. */
const CLOCK_TOLERANCE_SECONDS = 3;
/** What TWS still had in hand when it lost IBKR's servers comes within this. */
const SERVERS_SETTLE_MS = 10_000;

export interface SessionMessagesDependencies {
  readonly sink: FeedSink;
  readonly clock: Clock;
  readonly log: Log;
  readonly link: Link;
  readonly lines: Subscriptions;
  readonly faults: FaultLog;
  /** 1101: every subscription must be asked for again. */
  readonly onDataLost: () => void;
  /** 1102: subscriptions go on; what happened meanwhile may have been missed. */
  readonly onDataKept: () => void;
}

export class SessionMessages {
  readonly #deps: SessionMessagesDependencies;
  readonly #farms = new Farms();
  #serversLostAt = 0;
  #clockIsOff = false;

  constructor(deps: SessionMessagesDependencies) {
    this.#deps = deps;
  }

  /** A new session starts without a history. */
  connected(): void {
    this.#farms.clear();
    this.#deps.link.serversLost = null;
    this.#deps.link.farmsDown = [];
  }

  onMessage(code: number, text: string): void {
    const { sink, faults } = this.#deps;
    const words = describeMessage(code, text);
    switch (meaningOf(code).session) {
      case "simulated":
        return sink.push({ kind: "simulated", source: "IB" }, true);
      case "servers-lost":
        return this.#serversLost(words);
      case "servers-back-data-lost":
      case "servers-back-data-kept":
        return this.#serversBack(words, meaningOf(code).session === "servers-back-data-lost");
      case "farm-down":
        return this.#farmDown(farmNameIn(text), words);
      case "farm-up":
      case "farm-idle":
        return this.#farmUp(farmNameIn(text), words, meaningOf(code).session === "farm-up" ? "up" : "idle");
      case "client-id-in-use":
      case "disconnect":
        // The connection itself deals with these.
        return;
      case "too-fast":
      case "competing-session":
      case "note":
        return faults.notice(code, words);
    }
  }

  /** 2110 may end without a word: data that flows long after it is word enough. */
  onServersAlive(): void {
    if (this.#deps.clock.monotonic() - this.#serversLostAt > SERVERS_SETTLE_MS) {
      this.#serversBack("Data flows again although IBKR's servers were said to be lost", false);
    }
  }

  /** The answer to a probe also tells whether the two clocks agree. */
  onBrokerTime(seconds: number): void {
    const { clock, log } = this.#deps;
    const aheadSeconds = Math.round(seconds - clock.now() / 1000);
    const off = Math.abs(aheadSeconds) > CLOCK_TOLERANCE_SECONDS;
    if (off && !this.#clockIsOff) {
      const words = "The clocks of TWS and of this machine differ: set them by network time";
      log.write("WARN", "SYSTEM", words, { aheadSeconds });
    }
    this.#clockIsOff = off;
  }

  #serversLost(words: string): void {
    const { link, lines, log, clock } = this.#deps;
    if (link.serversLost === null) log.write("WARN", "SYSTEM", words);
    link.serversLost = words;
    this.#serversLostAt = clock.monotonic();
    lines.serversLost(words);
    link.update();
  }

  #serversBack(words: string, dataLost: boolean): void {
    const { link, lines, log, onDataLost, onDataKept } = this.#deps;
    log.write("INFO", "SYSTEM", words);
    link.serversLost = null;
    if (dataLost) {
      onDataLost();
    } else {
      lines.serversBack();
      onDataKept();
    }
    link.update();
  }

  #farmDown(name: string, words: string): void {
    const { sink, clock, log, lines } = this.#deps;
    if (this.#farms.markDown(name)) log.write("WARN", "DATA", words);
    sink.push({ kind: "farm", name, status: "down", at: clock.now() }, true);
    lines.farmDown(name, words);
    this.#showFarms();
  }

  #farmUp(name: string, words: string, status: "up" | "idle"): void {
    const { sink, clock, log, lines } = this.#deps;
    sink.push({ kind: "farm", name, status, at: clock.now() });
    if (!this.#farms.markUp(name)) return;
    log.write("INFO", "DATA", words);
    lines.farmUp(name);
    this.#showFarms();
  }

  #showFarms(): void {
    const { link } = this.#deps;
    link.farmsDown = this.#farms.quotesDown();
    link.update();
  }
}
