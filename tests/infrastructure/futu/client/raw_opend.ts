/**
 * An OpenD that does what a test tells it to, frame by frame, in memory under a virtual clock or on a real port. It greets, is
 * logged in, answers keep-alive, and leaves every other question to the test.
 */
import type { ByteStream, ListeningSocket, Network, StreamEvents } from "../../../../src/application/ports/network.ts";
import { decode, encode } from "../../../../src/infrastructure/futu/wire/codec.ts";
import { encodeFrame, type Frame, FrameReader } from "../../../../src/infrastructure/futu/wire/frame.ts";
import {
  type Answered,
  type Asked,
  type Exchange,
  EXCHANGES,
  GET_GLOBAL_STATE,
  INIT_CONNECT,
  KEEP_ALIVE,
  NOTIFY,
  type Push,
  type Pushed,
  requestOf,
  responseOf,
} from "../../../../src/infrastructure/futu/wire/messages.ts";

/** A question as it arrived. */
export interface Question {
  readonly protoId: number;
  readonly serial: number;
  readonly body: Uint8Array;
  /** Of the clock that the test runs by. */
  readonly at: number;
  readonly peer: Peer;
}

export type State = Pick<Answered<typeof GET_GLOBAL_STATE>, "programStatus" | "trdLogined">;

export const READY: State = { programStatus: { type: 10, strExtDesc: null }, trdLogined: true };

export function status(type: number, strExtDesc: string | null = null): State {
  return { programStatus: { type, strExtDesc }, trdLogined: type === 10 };
}

export class RawOpenD {
  /** How each message is answered; one without an entry is left to the test, in `questions`. */
  readonly answers = new Map<number, (question: Question) => void>();
  readonly questions: Question[] = [];
  readonly peers: Peer[] = [];
  state: State = READY;
  keepAliveInterval = 10;
  #socket: ListeningSocket | null = null;

  constructor(
    readonly network: Network,
    readonly now: () => number,
    readonly address = { host: "127.0.0.1", port: 11111 },
  ) {
    this.answers.set(INIT_CONNECT.protoId, (question) => this.greet(question));
    this.answers.set(KEEP_ALIVE.protoId, (question) => answer(question, KEEP_ALIVE, { time: 1_795_000_000 }));
    this.answers.set(GET_GLOBAL_STATE.protoId, (question) => this.sayState(question));
  }

  async listen(): Promise<number> {
    this.#socket = await this.network.listen(this.address, (stream) => {
      const peer = new Peer(this, stream);
      this.peers.push(peer);
      return peer;
    });
    return this.#socket.port;
  }

  async close(): Promise<void> {
    await this.#socket?.close();
    this.#socket = null;
  }

  /** The newest connection. */
  get peer(): Peer {
    return this.peers.at(-1)!;
  }

  /** What came of a message. */
  of({ protoId }: Exchange): Question[] {
    return this.questions.filter((each) => each.protoId === protoId);
  }

  greet(question: Question): void {
    answer(question, INIT_CONNECT, {
      serverVer: 1002,
      loginUserID: "7654321",
      connID: "18446744073709551615",
      connAESKey: "0123456789abcdef",
      keepAliveInterval: this.keepAliveInterval,
    });
  }

  sayState(question: Question): void {
    answer(question, GET_GLOBAL_STATE, {
      marketHK: 0,
      marketUS: 0,
      marketSH: 0,
      marketSZ: 0,
      marketHKFuture: 0,
      qotLogined: true,
      serverVer: 1002,
      serverBuildNo: 6208,
      time: 1_795_000_000,
      ...this.state,
    });
  }

  taken(question: Question): void {
    this.questions.push(question);
    this.answers.get(question.protoId)?.(question);
  }
}

/** The far side of one connection. */
export class Peer implements StreamEvents {
  readonly #frames = new FrameReader();
  isClosed = false;
  #serial = 9_000;

  constructor(readonly opend: RawOpenD, readonly stream: ByteStream) {}

  onData(bytes: Uint8Array): void {
    for (const { protoId, serial, body } of this.#frames.read(bytes)) {
      this.opend.taken({ protoId, serial, body, at: this.opend.now(), peer: this });
    }
  }

  onClose(): void {
    this.isClosed = true;
  }

  send(frame: Frame): void {
    this.stream.write(encodeFrame(frame));
  }

  push<P extends Push>(push: P, message: Pushed<P>): void {
    const body = encode(responseOf(push as Push), { retType: 0, s2c: message });
    this.send({ protoId: push.protoId, serial: this.#serial++, body });
  }

  notify(notice: Partial<Pushed<typeof NOTIFY>>): void {
    this.push(NOTIFY, { type: 1, event: null, programStatus: null, connectStatus: null, ...notice });
  }
}

/** What an answer is made of; what is optional may be left out. */
type GivenAnswer<E> = E extends Exchange<infer _, infer S2C> ? Asked<Exchange<S2C>> : never;

export function answer<E extends Exchange>({ peer, serial }: Question, exchange: E, s2c: GivenAnswer<E>): void {
  peer.send({ protoId: exchange.protoId, serial, body: answerBody(exchange, s2c) });
}

export function answerBody<E extends Exchange>(exchange: E, s2c: GivenAnswer<E>): Uint8Array {
  return encode(responseOf(exchange as Exchange), { retType: 0, s2c });
}

export function refuse({ peer, serial, protoId }: Question, retMsg: string | null, retType = -1, errCode = 0): void {
  const exchange = EXCHANGES.find((each) => each.protoId === protoId)!;
  const body = encode(responseOf(exchange as Exchange), { retType, retMsg, errCode });
  peer.send({ protoId, serial, body });
}

/** What was asked, read as the definitions say. */
export function asked<E extends Exchange>(exchange: E, { body }: Question) {
  return decode(requestOf<E["c2s"]>(exchange), body).c2s;
}
