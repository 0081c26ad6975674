/** The connection of a backfill: made when something is asked for, and made again when it is lost on the way. */
import { type Clock, every, pause, type Random } from "../../../application/ports/clock.ts";
import type { Log } from "../../../application/ports/log.ts";
import type { FutuSettings } from "../../../application/settings.ts";
import { Backoff } from "../../net/backoff.ts";
import { OpenDFault, type OpenDSession } from "../client/opend.ts";
import type { Answered, Asked, Exchange } from "../wire/messages.ts";

/** Attempts after a loss, one after the other; an answer starts the count anew. */
export const MOST_RECONNECTS = 7;
const SECOND_MS = 1_000;

export interface HistorySession extends OpenDSession {
  /** It said that it is APEX's simulator. */
  readonly isSimulated: boolean;
  close(): void;
}

export interface HistoryLinkOptions {
  readonly settings: Pick<FutuSettings, "reconnect">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Rejects with an `OpenDFault`, or with the signal's reason. */
  readonly dial: (signal: AbortSignal) => Promise<HistorySession>;
}

export interface LinkReading {
  readonly signal: AbortSignal;
  readonly onWaiting?: (words: string | null) => void;
}

export class HistoryLink {
  readonly #options: HistoryLinkOptions;
  readonly #backoff: Backoff;
  #session: HistorySession | null = null;
  /** Whether OpenD was there in this run: then it is waited for when it goes away. */
  #wasThere = false;
  #losses = 0;
  #isSimulated = false;
  /** Why nothing more is asked for in this run. */
  #over: OpenDFault | null = null;

  constructor(options: HistoryLinkOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.settings.reconnect, options.random);
  }

  get isSimulated(): boolean {
    return this.#isSimulated;
  }

  /**
   * Asks, and asks again on a new connection when the one it had was lost: a question changes nothing at Futu.
   *
   * @throws {OpenDFault}
   * @throws the signal's reason, at once, whatever is waited for
   */
  async ask<E extends Exchange>(exchange: E, question: Asked<E>, reading: LinkReading): Promise<Answered<E>> {
    return await this.use(async (session) => {
      const wait = countdown(
        this.#options.clock,
        reading,
        (ms) => `waiting ${seconds(ms)} for OpenD's limit (10 in 30 s)`,
      );
      try {
        return await session.ask(exchange, question, { signal: reading.signal, onWait: (ms) => wait.begin(ms) });
      } finally {
        wait.end();
      }
    }, reading);
  }

  /** Does something with a session, again from the start when it was lost. */
  async use<Result>(work: (session: HistorySession) => Promise<Result>, reading: LinkReading): Promise<Result> {
    for (;;) {
      reading.signal.throwIfAborted();
      if (this.#over !== null) throw this.#over;
      try {
        const result = await work(await this.#connected(reading.signal));
        this.#losses = 0;
        this.#backoff.reset();
        return result;
      } catch (fault) {
        if (reading.signal.aborted) throw reading.signal.reason;
        await this.#afterLoss(fault, reading);
      }
    }
  }

  close(): void {
    this.#session?.close();
    this.#session = null;
  }

  async #connected(signal: AbortSignal): Promise<HistorySession> {
    if (this.#session !== null) return this.#session;
    try {
      this.#session = await this.#options.dial(signal);
    } catch (fault) {
      // A login that is missing or a key is for a person to mend.
      const passes = fault instanceof OpenDFault && (fault.kind === "lost" || fault.kind === "timeout");
      if (fault instanceof OpenDFault && !(passes && this.#wasThere)) this.#over = fault;
      throw fault;
    }
    this.#wasThere = true;
    this.#isSimulated = this.#session.isSimulated;
    return this.#session;
  }

  /** Waits until it is worth another try. */
  async #afterLoss(fault: unknown, reading: LinkReading): Promise<void> {
    if (!(fault instanceof OpenDFault) || (fault.kind !== "lost" && fault.kind !== "timeout")) throw fault;
    this.close();
    if (this.#over !== null) throw fault;
    const { log, clock } = this.#options;
    if (this.#losses >= MOST_RECONNECTS) {
      const words = `${fault.message}; tried ${MOST_RECONNECTS} times again`;
      this.#over = new OpenDFault(fault.kind, words, fault.said);
      throw this.#over;
    }
    this.#losses++;
    const delayMs = this.#backoff.nextMs();
    log.write("WARN", "SYSTEM", `Lost OpenD in the middle of its history, trying again: ${fault.message}`, { delayMs });
    const wait = countdown(clock, reading, (ms) => `OpenD is away: trying again in ${seconds(ms)}`);
    wait.begin(delayMs);
    try {
      await pause(clock, delayMs, reading.signal);
    } finally {
      wait.end();
    }
  }
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / SECOND_MS)} s`;
}

/** Tells every second how long is left. */
function countdown(clock: Clock, { onWaiting }: LinkReading, words: (ms: number) => string) {
  let stop: (() => void) | null = null;
  const end = () => {
    if (stop === null) return;
    stop();
    stop = null;
    onWaiting?.(null);
  };
  return {
    end,
    begin(ms: number) {
      stop?.();
      stop = null;
      // Nobody reads so fast.
      if (ms < SECOND_MS) return;
      const until = clock.monotonic() + ms;
      const tell = () => {
        const leftMs = until - clock.monotonic();
        if (leftMs > 0) onWaiting?.(words(leftMs));
        else end();
      };
      stop = every(clock, SECOND_MS, tell);
      tell();
    },
  };
}
