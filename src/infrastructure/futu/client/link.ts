/**
 * The frames of one connection to OpenD: questions go out under serial numbers, answers are matched to them by number and
 * message, pushes are read. Whatever does not fit is passed over and counted.
 */
import type { Clock } from "../../../application/ports/clock.ts";
import type { Log } from "../../../application/ports/log.ts";
import type { ByteStream, Network } from "../../../application/ports/network.ts";
import type { FutuSettings } from "../../../application/settings.ts";
import { OpenDFault, type PushListener } from "./opend.ts";
import { CodecFault, decode } from "../wire/codec.ts";
import { RET_OK } from "../wire/codes.ts";
import { encodeFrame, type Frame, FrameFault, FrameReader } from "../wire/frame.ts";
import { type Answered, type Exchange, EXCHANGES, type Push, PUSHES, responseOf } from "../wire/messages.ts";
import { refusalOf } from "./words.ts";

export interface LinkDependencies {
  readonly settings: FutuSettings;
  readonly network: Network;
  readonly clock: Clock;
  readonly log: Log;
}

export interface LinkEvents extends PushListener {
  /** The other side hung up, or sent what cannot be read. Called once at most, and not after `close`. */
  onDown(reason: string, isUnreadable: boolean): void;
}

export interface Reply<E extends Exchange> {
  onAnswer(answer: Answered<E>): void;
  onFault(fault: OpenDFault): void;
}

/** Frames that were passed over. */
export interface PassedOver {
  /** Answers to what is not asked any more, or was never asked. */
  late: number;
  /** Messages that APEX has no table for. */
  unknown: number;
  /** Pushes that are not what the definitions say. */
  unreadable: number;
}

interface Pending {
  readonly exchange: Exchange;
  readonly reply: Reply<Exchange>;
  readonly stopTimer: () => void;
}

const KNOWN_ANSWERS: ReadonlySet<number> = new Set(EXCHANGES.map(({ protoId }) => protoId));
/** Whatever else comes is counted only. */
const MOST_LOGGED = 20;

export class Link {
  readonly passedOver: PassedOver = { late: 0, unknown: 0, unreadable: 0 };
  readonly #deps: LinkDependencies;
  readonly #events: LinkEvents;
  readonly #frames = new FrameReader();
  readonly #pending = new Map<number, Pending>();
  readonly #logged = new Set<number>();
  #stream: ByteStream | null = null;
  #serial = 0;
  #closed = false;

  constructor(deps: LinkDependencies, events: LinkEvents) {
    this.#deps = deps;
    this.#events = events;
  }

  /** Rejects with the system's error. */
  async open(signal: AbortSignal): Promise<void> {
    const { settings: { host, port }, network } = this.#deps;
    const stream = await network.connect({ host, port }, (opened) => {
      this.#stream = opened;
      return {
        onData: (bytes) => this.#receive(bytes),
        onClose: (cause) => this.#hungUp(cause),
      };
    }, signal);
    if (this.#closed) stream.close();
  }

  /** Sends a question; the returned function withdraws it. Neither of the reply's calls comes after that, or after `close`. */
  ask<E extends Exchange>(
    exchange: E,
    body: Uint8Array,
    reply: Reply<E>,
    withinMs = this.#deps.settings.requestTimeoutMs,
  ): () => void {
    const { clock } = this.#deps;
    this.#serial = (this.#serial + 1) >>> 0;
    const serial = this.#serial;
    const stopTimer = clock.after(withinMs, () => {
      this.#pending.delete(serial);
      const words = `OpenD did not answer ${exchange.name} within ${withinMs / 1000} s`;
      reply.onFault(new OpenDFault("timeout", words));
    });
    this.#pending.set(serial, { exchange, reply: reply as unknown as Reply<Exchange>, stopTimer });
    this.#stream?.write(encodeFrame({ protoId: exchange.protoId, serial, body }));
    return () => this.#settle(serial);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { stopTimer } of this.#pending.values()) stopTimer();
    this.#pending.clear();
    this.#stream?.close();
  }

  #settle(serial: number): void {
    this.#pending.get(serial)?.stopTimer();
    this.#pending.delete(serial);
  }

  #receive(bytes: Uint8Array): void {
    try {
      for (const frame of this.#frames.read(bytes)) {
        if (this.#closed) return;
        this.#take(frame);
      }
    } catch (error) {
      if (!(error instanceof FrameFault)) throw error;
      this.#down(error.message, true);
    }
  }

  #hungUp(cause: Error | null): void {
    const within = this.#frames.pending > 0 ? " in the middle of a message" : "";
    const why = cause === null ? "" : ` (${cause.message.replace(/\.$/, "")})`;
    this.#down(`the connection ended${within}${why}`, false);
  }

  #down(reason: string, isUnreadable: boolean): void {
    if (!this.#closed) this.#events.onDown(reason, isUnreadable);
  }

  #take(frame: Frame): void {
    const { protoId, serial } = frame;
    const push = PUSHES.find((each) => each.protoId === protoId);
    if (push !== undefined) return this.#takePush(push, frame);
    const pending = this.#pending.get(serial);
    if (pending?.exchange.protoId === protoId) {
      this.#settle(serial);
      return this.#answer(pending, frame);
    }
    if (KNOWN_ANSWERS.has(protoId)) {
      this.passedOver.late++;
    } else {
      this.passedOver.unknown++;
      this.#logOnce("INFO", protoId, "OpenD sends a message that APEX does not know; it is passed over");
    }
  }

  #answer({ exchange, reply }: Pending, { body }: Frame): void {
    let answer: Answered<Exchange>;
    try {
      const { s2c, ...response } = decode(responseOf(exchange), body);
      if (response.retType !== RET_OK) {
        return reply.onFault(refusalOf(exchange.name, this.#deps.settings.host, response));
      }
      // One without required fields may be left out altogether.
      answer = s2c ?? decode(exchange.s2c, new Uint8Array(0));
    } catch (error) {
      if (!(error instanceof CodecFault)) throw error;
      const words =
        `OpenD's answer to ${exchange.name} is not as Futu defines it (${error.message}): install the newest APEX`;
      return reply.onFault(new OpenDFault("unreadable", words));
    }
    reply.onAnswer(answer);
  }

  #takePush(push: Push, { protoId, body }: Frame): void {
    let message;
    try {
      message = decode(responseOf(push), body).s2c;
    } catch (error) {
      if (!(error instanceof CodecFault)) throw error;
      message = null;
    }
    if (message !== null) return this.#events.onPush(push, message);
    this.passedOver.unreadable++;
    this.#logOnce("WARN", protoId, `OpenD sends ${push.name} not as Futu defines it; it is passed over`);
  }

  #logOnce(level: "INFO" | "WARN", protoId: number, message: string): void {
    if (this.#logged.has(protoId) || this.#logged.size >= MOST_LOGGED) return;
    this.#logged.add(protoId);
    this.#deps.log.write(level, "SYSTEM", message, { protoId });
  }
}
