/** One client's connection to the simulated OpenD: InitConnect first, then questions, their answers and pushes. */
import type { Clock } from "../../../application/ports/clock.ts";
import type { Log } from "../../../application/ports/log.ts";
import type { ByteStream, StreamEvents } from "../../../application/ports/network.ts";
import { CodecFault, type Encodable, type MessageTable } from "../../futu/wire/codec.ts";
import { PROGRAM_READY, SIMULATOR_NOTICE } from "../../futu/wire/codes.ts";
import { encodeFrame, type Frame, FrameFault, FrameReader } from "../../futu/wire/frame.ts";
import { GET_GLOBAL_STATE, INIT_CONNECT, KEEP_ALIVE, NOTIFY, type Push } from "../../futu/wire/messages.ts";
import { Outbox } from "../outbox.ts";
import { answering, pushFrame, refusal, refusalBody, type Responder, RET_INVALID } from "./answering.ts";
import type { OpenDConditions } from "./conditions.ts";
import { marketStates } from "./market_states.ts";
import type { FutuScenario } from "./scenario.ts";

/** What a session needs of the OpenD that it belongs to. */
export interface FutuSessionHost {
  readonly scenario: FutuScenario;
  readonly conditions: OpenDConditions;
  readonly clock: Clock;
  readonly log: Log;
  /** Answers about accounts, by message; they need a login. */
  readonly desk: ReadonlyMap<number, Responder<FutuSession>>;
  /** A message that would trade, or unlock trading, came; none should. */
  tradeMessage(protoId: number): void;
  /** Told of every message that came in whole. */
  count(protoId: number): void;
  closed(session: FutuSession): void;
}

/** What the notice says that a client gets right after InitConnect. */
export const NOTICE = `${SIMULATOR_NOTICE}: nothing here is real`;

/** OpenD that logs in (Common.ProgramStatusType). */
const PROGRAM_LOGGING_IN = 2;
const NOTIFY_EVENT = 1;
const NOTIFY_PROGRAM = 2;
const NOTIFY_CONNECTION = 3;

/** Larger questions are not read: 400 order numbers are 10 kB. */
const MAX_QUESTION_BYTES = 1 << 20;
/** Bytes waiting for a client that does not read, beyond which its connection is closed. Pushes are never left out. */
const BACKLOG_LIMIT = 32 << 20;

/** Unlock, place, change, confirm, place a combination (Trd_UnlockTrade, …): known to OpenD, refused here. */
const TRADE_MESSAGES: ReadonlySet<number> = new Set([2005, 2202, 2205, 2237, 2240, 2280]);

export class FutuSession implements StreamEvents {
  readonly #reader = new FrameReader(MAX_QUESTION_BYTES);
  readonly #outbox: Outbox;
  /** Questions that came while OpenD was frozen. */
  #inbox: Frame[] = [];
  #stage: "connecting" | "started" | "closed" = "connecting";
  #notified = false;
  #accounts: ReadonlySet<string> = new Set();
  #pushSerial = 0;
  #endWatch: () => void = () => {};

  constructor(readonly stream: ByteStream, readonly host: FutuSessionHost, readonly connId: string) {
    this.#outbox = new Outbox(stream);
    this.#watch();
  }

  get started(): boolean {
    return this.#stage === "started";
  }

  /** Accounts whose orders and fills are pushed. */
  get accounts(): ReadonlySet<string> {
    return this.#accounts;
  }

  onData(bytes: Uint8Array): void {
    if (this.#stage === "closed") return;
    try {
      this.#inbox.push(...this.#reader.read(bytes));
    } catch (cause) {
      if (!(cause instanceof FrameFault)) throw cause;
      this.#endWith(cause.message);
      return;
    }
    this.work();
  }

  onClose(): void {
    if (this.#stage === "closed") return;
    this.#stage = "closed";
    this.#endWatch();
    this.host.closed(this);
  }

  close(): void {
    this.stream.close();
    this.onClose();
  }

  /** Works off what has arrived, unless OpenD is frozen. */
  work(): void {
    if (this.host.conditions.frozen) return;
    const questions = this.#inbox;
    this.#inbox = [];
    for (const question of questions) {
      if (this.#stage === "closed") return;
      this.#take(question);
    }
    this.flush();
  }

  flush(): void {
    if (this.#stage === "closed" || this.host.conditions.frozen) return;
    this.#outbox.flush();
    if (this.stream.backlog > BACKLOG_LIMIT) this.#endWith(`${this.stream.backlog} bytes wait for it unread`);
  }

  push<S2C extends MessageTable>(push: Push<S2C>, s2c: Encodable<S2C>): void {
    if (!this.started) return;
    this.#outbox.add(pushFrame(push, s2c, ++this.#pushSerial));
    this.flush();
  }

  /** Raw bytes, in order with everything else. */
  inject(bytes: Uint8Array): void {
    if (!this.started) return;
    this.#outbox.add(bytes);
    this.flush();
  }

  /** Says that OpenD's login came or went, to whoever asked for notices. */
  tellLogin(): void {
    if (!this.#notified) return;
    const { loggedIn } = this.host.conditions;
    this.push(NOTIFY, {
      type: NOTIFY_PROGRAM,
      programStatus: { programStatus: { type: loggedIn ? PROGRAM_READY : PROGRAM_LOGGING_IN } },
    });
    this.push(NOTIFY, { type: NOTIFY_CONNECTION, connectStatus: { qotLogined: loggedIn, trdLogined: loggedIn } });
  }

  subscribe(accounts: readonly string[]): void {
    this.#accounts = new Set(accounts);
  }

  #take(question: Frame): void {
    this.host.count(question.protoId);
    if (this.host.conditions.takeDrop(question.protoId)) return this.close();
    const isInit = question.protoId === INIT_CONNECT.protoId;
    if (this.#stage === "connecting" && !isInit) {
      return this.#endWith(`message ${question.protoId} came before InitConnect`);
    }
    this.#outbox.add(encodeFrame({ ...question, body: this.#answer(question) }));
    if (isInit && this.#notified) {
      this.push(NOTIFY, { type: NOTIFY_EVENT, event: { eventType: 0, desc: NOTICE } });
    }
  }

  #answer({ protoId, body }: Frame): Uint8Array {
    if (TRADE_MESSAGES.has(protoId)) {
      this.host.tradeMessage(protoId);
      return refusalBody(refusal("模拟OpenD不接受任何交易请求"));
    }
    const onDesk = this.host.desk.get(protoId);
    const responder = onDesk ?? CONNECTION.get(protoId);
    if (responder === undefined) return refusalBody(refusal(`未知的协议ID：${protoId}`, RET_INVALID));
    if (onDesk !== undefined && !this.host.conditions.loggedIn) {
      return refusalBody(refusal("交易服务器未登录，请先登录OpenD"));
    }
    try {
      return responder(body, this);
    } catch (cause) {
      if (!(cause instanceof CodecFault)) throw cause;
      return refusalBody(refusal(`请求包解析失败：${cause.message}`, RET_INVALID));
    }
  }

  /** What InitConnect and a keep-alive do. */
  begin(wantsNotices: boolean): void {
    this.#stage = "started";
    this.#notified = wantsNotices;
    this.#watch();
  }

  keptAlive(): void {
    this.#watch();
  }

  /** Closes the connection unless a keep-alive comes in time. A frozen OpenD does not look. */
  #watch(): void {
    this.#endWatch();
    const { idleLimitMs } = this.host.scenario.opend;
    this.#endWatch = this.host.clock.after(idleLimitMs, () => {
      if (this.host.conditions.frozen) return this.#watch();
      this.#endWith(`it sent no keep-alive for ${idleLimitMs / 1000} s`);
    });
  }

  #endWith(why: string): void {
    this.host.log.write("WARN", "SYSTEM", "The simulated OpenD closes a connection", { connection: this.connId, why });
    this.#outbox.flush();
    this.close();
  }
}

/** What needs no login. */
const CONNECTION: ReadonlyMap<number, Responder<FutuSession>> = new Map([
  answering(INIT_CONNECT, ({ recvNotify }, session: FutuSession) => {
    const { serverVersion, keepAliveMs } = session.host.scenario.opend;
    session.begin(recvNotify === true);
    return {
      s2c: {
        serverVer: serverVersion,
        loginUserID: LOGIN_USER,
        connID: session.connId,
        connAESKey: AES_KEY,
        keepAliveInterval: Math.floor(keepAliveMs / 1000),
      },
    };
  }),
  answering(KEEP_ALIVE, (_question, session: FutuSession) => {
    session.keptAlive();
    return { s2c: { time: seconds(session) } };
  }),
  answering(GET_GLOBAL_STATE, (_question, session: FutuSession) => {
    const { loggedIn } = session.host.conditions;
    return {
      s2c: {
        ...marketStates(session.host.clock.now()),
        qotLogined: loggedIn,
        trdLogined: loggedIn,
        serverVer: session.host.scenario.opend.serverVersion,
        serverBuildNo: 0,
        time: seconds(session),
        localTime: session.host.clock.now() / 1000,
        programStatus: { type: loggedIn ? PROGRAM_READY : PROGRAM_LOGGING_IN },
        connID: session.connId,
      },
    };
  }),
]);

const LOGIN_USER = "8765432";
/** Sixteen characters, as a client checks; nothing is ever encrypted with it. */
const AES_KEY = "0".repeat(16);

function seconds({ host }: FutuSession): number {
  return Math.floor(host.clock.now() / 1000);
}
