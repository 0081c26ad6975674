/** One connection to the control channel: the hello, then requests and their answers one after the other. */
import type { Clock } from "../ports/clock.ts";
import type { ByteStream, StreamEvents } from "../ports/network.ts";
import { answerParts } from "./json_parts.ts";
import { LineDecoder, LineTooLong } from "./line_decoder.ts";
import { ControlFault, faultLine, idOf, readHello, readRequest, type Request } from "./protocol.ts";
import type { RequestRate } from "./request_rate.ts";

export const REQUEST_BYTES = 64 * 1024;
/** Requests that may wait for the answers before them. */
export const MOST_WAITING = 16;
/** Characters of an answer that are made in one go. */
const PIECE = 32 * 1024;
/** With so many bytes unread nothing more of an answer is made. */
const UNREAD_BYTES = 128 * 1024;
const LOOK_AGAIN_MS = 10;
/** A last word that nobody has read by then is not waited for. */
const LAST_WORD_MS = 1_000;

export interface ConversationNeeds {
  readonly stream: ByteStream;
  readonly clock: Clock;
  readonly rate: RequestRate;
  /** What to answer a hello with this token (null: it has none), and whether to go on. */
  welcome(token: string | null): { readonly line: string; readonly welcome: boolean };
  /** Rejects with a `ControlFault`. */
  answer(request: Request): Promise<unknown>;
  onEnd(): void;
}

export class Conversation implements StreamEvents {
  readonly startedAt: number;
  /** When something was last read or written. */
  activeAt: number;
  isWelcome = false;
  readonly #needs: ConversationNeeds;
  readonly #lines = new LineDecoder(REQUEST_BYTES);
  readonly #encoder = new TextEncoder();
  readonly #waiting: Request[] = [];
  #isAnswering = false;
  #cancel = (): void => {};
  /** The last word is said, or the stream has ended. */
  #isOver = false;

  constructor(needs: ConversationNeeds) {
    this.#needs = needs;
    this.startedAt = needs.clock.monotonic();
    this.activeAt = this.startedAt;
  }

  onData(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#active();
    try {
      for (const line of this.#lines.push(bytes)) {
        this.#read(line);
        if (this.#isOver) return;
      }
    } catch (fault) {
      if (!(fault instanceof LineTooLong)) throw fault;
      this.#refuseAs(null, new ControlFault("malformed", `A request has at most ${REQUEST_BYTES} bytes`));
    }
  }

  onClose(): void {
    this.#isOver = true;
    this.#waiting.length = 0;
    this.#cancel();
    this.#needs.onEnd();
  }

  /** A last word, then the end. */
  refuse(line: string): void {
    this.#write(line);
    this.#isOver = true;
    this.#waiting.length = 0;
    const { stream, clock } = this.#needs;
    const until = clock.monotonic() + LAST_WORD_MS;
    const look = (): void => {
      if (stream.backlog === 0 || clock.monotonic() >= until) stream.close();
      else this.#later(LOOK_AGAIN_MS, look);
    };
    this.#later(LOOK_AGAIN_MS, look);
  }

  end(): void {
    this.#needs.stream.close();
  }

  #read(line: string): void {
    if (!this.isWelcome) {
      const { line: answer, welcome } = this.#needs.welcome(readHello(line));
      if (!welcome) return this.refuse(answer);
      this.isWelcome = true;
      return this.#write(answer);
    }
    try {
      const request = readRequest(line);
      if (this.#waiting.length >= MOST_WAITING) {
        const words = `More than ${MOST_WAITING} requests wait: read the answers first`;
        return this.#refuseAs(request.id, new ControlFault("busy", words));
      }
      this.#waiting.push(request);
    } catch (fault) {
      if (!(fault instanceof ControlFault)) throw fault;
      return this.#refuseAs(idOf(line), fault);
    }
    this.#next();
  }

  #refuseAs(id: number | null, fault: ControlFault): void {
    this.refuse(faultLine(id, fault));
  }

  #next(): void {
    const { rate } = this.#needs;
    if (this.#isAnswering || this.#isOver || this.#waiting.length === 0) return;
    this.#isAnswering = true;
    const waitMs = rate.take();
    if (waitMs > 0) {
      this.#later(waitMs, () => {
        this.#isAnswering = false;
        this.#next();
      });
      return;
    }
    const request = this.#waiting.shift()!;
    this.#needs.answer(request).then(
      (result) => this.#send(answerParts(request.id, result)),
      (fault) => this.#send([faultLine(request.id, fault)].values()),
    );
  }

  /** As much of the answer as its reader keeps up with, a piece at a time. */
  #send(parts: Iterator<string>): void {
    if (this.#isOver) return;
    if (this.#needs.stream.backlog > UNREAD_BYTES) return this.#later(LOOK_AGAIN_MS, () => this.#send(parts));
    let piece = "";
    for (let part = parts.next(); part.done !== true; part = parts.next()) {
      piece += part.value;
      if (piece.length < PIECE) continue;
      this.#write(piece);
      return this.#later(0, () => this.#send(parts));
    }
    this.#write(piece);
    this.#isAnswering = false;
    this.#next();
  }

  #write(text: string): void {
    if (this.#isOver) return;
    this.#active();
    this.#needs.stream.write(this.#encoder.encode(text));
  }

  /** One thing at a time is waited for; the end of the stream ends the wait. */
  #later(ms: number, call: () => void): void {
    this.#cancel();
    this.#cancel = this.#needs.clock.after(ms, call);
  }

  #active(): void {
    this.activeAt = this.#needs.clock.monotonic();
  }
}
