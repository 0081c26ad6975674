/**
 * One connection to OpenD, from dialling to its end: InitConnect, keep-alive, its state until it is logged in for trading, and
 * then questions. A session that lost its login is over: what comes after a new login is another one.
 */
import { every } from "../../../application/ports/clock.ts";
import { addressText } from "../../net/address_text.ts";
import { startAsking } from "./asking.ts";
import { Link, type LinkDependencies, type PassedOver } from "./link.ts";
import { type AskOptions, OpenDFault, type OpenDFaultKind, type OpenDSession, type PushListener } from "./opend.ts";
import type { RateLimit } from "./rate_limit.ts";
import { missingOf, missingOfNotice, type NotReady } from "./readiness.ts";
import { CodecFault, encode } from "../wire/codec.ts";
import { SIMULATOR_NOTICE } from "../wire/codes.ts";
import {
  type Answered,
  type Asked,
  type Exchange,
  GET_GLOBAL_STATE,
  INIT_CONNECT,
  KEEP_ALIVE,
  NOTIFY,
  type Push,
  type Pushed,
  requestOf,
} from "../wire/messages.ts";
import { CHECK_DAMAGE, CHECK_KEY, CHECK_OPEND, remoteWords, saidText } from "./words.ts";

export interface SessionDependencies extends LinkDependencies {
  readonly rateLimit: RateLimit;
  /** Named to OpenD, for its log: `APEX-monitor`. */
  readonly purpose: string;
}

export interface SessionEvents extends PushListener {
  /** InitConnect is done and OpenD is logged in for trading. Called once at most. */
  onReady(): void;
  /** OpenD is connected to and not logged in; called again when the words change. */
  onNotReady(missing: NotReady): void;
  /** Called once. */
  onOver(over: SessionOver): void;
}

export interface SessionOver {
  readonly fault: OpenDFault;
  /** How long OpenD had let us in; null when it never did. */
  readonly heldMs: number | null;
}

/** What Futu's Python client says; nothing newer is asked for. */
const CLIENT_VERSION = 300;
const NO_ENCRYPTION = -1;
const PROTOBUF = 0;
/** Of the interval that OpenD names. */
const KEEP_ALIVE_SHARE = 0.8;
/** Whatever OpenD names. */
const SHORTEST_INTERVAL_S = 1;
const USUAL_INTERVAL_S = 10;
/** OpenD answers it by itself, without asking Futu's servers: a later answer is as good as none. */
const KEEP_ALIVE_WITHIN_MS = 6_000;
/** How often OpenD is asked for its state while it is not ready. */
export const LOGIN_POLL_MS = 3_000;
/** And while it is, in case a notice went astray: what it would answer without a login is old. */
export const WATCH_POLL_MS = 15_000;
/** Questions without an answer, those in line included. The adapters ask for a few at a time. */
export const MOST_QUESTIONS = 256;

export class Session implements OpenDSession {
  readonly #deps: SessionDependencies;
  readonly #events: SessionEvents;
  readonly #link: Link;
  readonly #dialling = new AbortController();
  /** How to fail each question that has no answer. */
  readonly #questions = new Set<(fault: OpenDFault) => void>();
  #hello: Answered<typeof INIT_CONNECT> | null = null;
  #letInAt: number | null = null;
  #isConnected = false;
  #isReady = false;
  #isOver = false;
  #isSimulated = false;
  #shownMissing: string | null = null;
  #isStateAsked = false;
  #stopConnecting: (() => void) | null = null;
  #stopKeepAlive: (() => void) | null = null;
  #stopPoll: (() => void) | null = null;

  constructor(deps: SessionDependencies, events: SessionEvents) {
    this.#deps = deps;
    this.#events = events;
    this.#link = new Link(deps, {
      onPush: (push, message) => this.#push(push, message),
      onDown: (reason, isUnreadable) => this.#linkDown(reason, isUnreadable),
    });
  }

  get connId(): string {
    return this.#hello?.connID ?? "";
  }

  get serverVersion(): number {
    return this.#hello?.serverVer ?? 0;
  }

  /** It said that it is APEX's simulator. Known before the session is ready. */
  get isSimulated(): boolean {
    return this.#isSimulated;
  }

  get passedOver(): Readonly<PassedOver> {
    return this.#link.passedOver;
  }

  start(): void {
    const { settings: { connectTimeoutMs }, clock } = this.#deps;
    this.#stopConnecting = clock.after(connectTimeoutMs, () => {
      const within = `within ${connectTimeoutMs / 1000} s`;
      const words = this.#isConnected
        ? `${this.#unreachable}: the port is open, but nothing answered InitConnect ${within}. ${CHECK_KEY}`
        : `${this.#unreachable}: no answer ${within}. ${CHECK_OPEND}`;
      this.#end("timeout", this.#withRemote(words));
    });
    this.#link.open(this.#dialling.signal).then(
      () => this.#greet(),
      (error: unknown) => this.#end("lost", `${this.#unreachable}: ${wordsOf(error)}. ${CHECK_OPEND}`),
    );
  }

  /** Ends the connection from this side. */
  close(reason = "closed by APEX"): void {
    this.#end("lost", reason);
  }

  ask<E extends Exchange>(
    exchange: E,
    question: Asked<E>,
    { signal, onWait }: AskOptions = {},
  ): Promise<Answered<E>> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const fault = this.#refusal(exchange);
      if (fault !== null) return reject(fault);
      const body = bodyOf(exchange, question);
      const fail = (fault: unknown): void => {
        done();
        reject(fault);
      };
      const withdrawn = (): void => fail(signal!.reason);
      let withdraw = (): void => {};
      const done = (): void => {
        this.#questions.delete(fail);
        signal?.removeEventListener("abort", withdrawn);
        withdraw();
      };
      this.#questions.add(fail);
      signal?.addEventListener("abort", withdrawn);
      const parts = { link: this.#link, rateLimit: this.#deps.rateLimit };
      withdraw = startAsking(parts, { exchange, question, body, onWait: onWait ?? (() => {}) }, {
        onAnswer: (answer) => {
          done();
          resolve(answer);
        },
        onFault: fail,
      });
    });
  }

  #refusal({ name }: Exchange): OpenDFault | null {
    if (!this.#isReady || this.#isOver) {
      return new OpenDFault("lost", `Cannot ask OpenD for ${name}: there is no session with it`);
    }
    if (this.#questions.size < MOST_QUESTIONS) return null;
    return new OpenDFault(
      "refused",
      `Cannot ask OpenD for ${name}: ${MOST_QUESTIONS} questions wait for an answer already`,
    );
  }

  #greet(): void {
    if (this.#isOver) return;
    this.#isConnected = true;
    this.#tell(INIT_CONNECT, {
      clientVer: CLIENT_VERSION,
      clientID: `APEX-${this.#deps.purpose}`,
      recvNotify: true,
      packetEncAlgo: NO_ENCRYPTION,
      pushProtoFmt: PROTOBUF,
      programmingLanguage: "JavaScript",
    }, {
      onAnswer: (hello) => this.#letIn(hello),
      onFault: (fault) => this.#end(fault.kind, `${this.#unreachable}: ${fault.message}`, fault.said),
    });
  }

  #letIn(hello: Answered<typeof INIT_CONNECT>): void {
    const { clock } = this.#deps;
    this.#stopConnecting?.();
    this.#hello = hello;
    this.#letInAt = clock.monotonic();
    const interval = hello.keepAliveInterval > 0 ? hello.keepAliveInterval : USUAL_INTERVAL_S;
    const everyMs = Math.max(interval, SHORTEST_INTERVAL_S) * KEEP_ALIVE_SHARE * 1000;
    this.#stopKeepAlive = every(clock, everyMs, () => this.#keepAlive());
    this.#askState();
  }

  #keepAlive(): void {
    const { clock, settings: { requestTimeoutMs } } = this.#deps;
    const withinMs = Math.min(requestTimeoutMs, KEEP_ALIVE_WITHIN_MS);
    this.#tell(KEEP_ALIVE, { time: Math.floor(clock.now() / 1000) }, {
      onAnswer: () => {},
      onFault: ({ kind }) => {
        // A refusal is an answer too.
        if (kind !== "timeout") return;
        const within = `within ${withinMs / 1000} s`;
        this.#end("lost", `OpenD at ${this.#address} is silent: it did not answer the keep-alive ${within}`);
      },
    }, withinMs);
  }

  #askState(): void {
    this.#stopPoll?.();
    this.#stopPoll = null;
    if (this.#isStateAsked) return;
    this.#isStateAsked = true;
    this.#tell(GET_GLOBAL_STATE, { userID: "0" }, {
      onAnswer: (state) => {
        const missing = missingOf(state);
        if (missing === null) this.#ready();
        else this.#missing(missing);
        this.#askStateLater();
      },
      onFault: ({ message }) => {
        // A session is not ended for it: keep-alive tells whether OpenD is there, and its notices whether it is logged in.
        if (!this.#isReady) this.#missing({ words: message, needsPerson: false });
        this.#askStateLater();
      },
    });
  }

  #askStateLater(): void {
    this.#isStateAsked = false;
    if (this.#isOver) return;
    this.#stopPoll = this.#deps.clock.after(this.#isReady ? WATCH_POLL_MS : LOGIN_POLL_MS, () => this.#askState());
  }

  #ready(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#events.onReady();
  }

  #missing(missing: NotReady): void {
    if (this.#isReady) return this.#end("lost", `OpenD is not ready any more: ${missing.words}`);
    if (missing.words === this.#shownMissing) return;
    this.#shownMissing = missing.words;
    this.#events.onNotReady(missing);
  }

  #push<P extends Push>(push: P, message: Pushed<P>): void {
    const isNotice = push.protoId === NOTIFY.protoId;
    // Nothing was subscribed to yet: what a session needs is asked for at its beginning.
    if (!isNotice && !this.#isReady) return;
    if (isNotice) this.#heed(message as unknown as Pushed<typeof NOTIFY>);
    if (!this.#isOver) this.#events.onPush(push, message);
  }

  #heed(notice: Pushed<typeof NOTIFY>): void {
    if (notice.event?.desc.startsWith(SIMULATOR_NOTICE)) this.#isSimulated = true;
    const missing = missingOfNotice(notice);
    if (missing !== null) this.#missing(missing);
    const isAboutLogin = missing !== null || notice.programStatus !== null || notice.connectStatus !== null;
    if (isAboutLogin && !this.#isReady && !this.#isOver && this.#hello !== null) this.#askState();
  }

  #linkDown(reason: string, isUnreadable: boolean): void {
    if (isUnreadable) {
      const words = `Cannot read what OpenD at ${this.#address} sends: ${reason}`;
      // An OpenD that let us in without encryption has no key in the way.
      if (this.#hello !== null) return this.#end("unreadable", `${words}. ${CHECK_DAMAGE}`);
      return this.#end("unreadable", this.#withRemote(`${words}. ${CHECK_KEY}`));
    }
    if (this.#hello !== null) return this.#end("lost", `OpenD at ${this.#address} is gone: ${reason}`);
    this.#end(
      "lost",
      this.#withRemote(`${this.#unreachable}: ${reason} before InitConnect was answered. ${CHECK_KEY}`),
    );
  }

  /** Asks for what the session itself needs: past the line, whether it is ready or not. */
  #tell<E extends Exchange>(
    exchange: E,
    question: Asked<E>,
    reply: { onAnswer(answer: Answered<E>): void; onFault(fault: OpenDFault): void },
    withinMs?: number,
  ): void {
    this.#link.ask(exchange, bodyOf(exchange, question), reply, withinMs);
  }

  #end(kind: OpenDFaultKind, reason: string, said: string | null = null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopConnecting?.();
    this.#stopKeepAlive?.();
    this.#stopPoll?.();
    this.#dialling.abort();
    this.#link.close();
    const lost = `The session with OpenD ended before the answer: ${reason}`;
    for (const fail of [...this.#questions]) fail(new OpenDFault("lost", lost, said));
    const heldMs = this.#letInAt === null ? null : this.#deps.clock.monotonic() - this.#letInAt;
    this.#events.onOver({ fault: new OpenDFault(kind, reason, said), heldMs });
  }

  #withRemote(words: string): string {
    const remote = remoteWords(this.#deps.settings.host);
    return remote === null ? words : `${words}. ${remote}`;
  }

  get #address(): string {
    return addressText(this.#deps.settings);
  }

  get #unreachable(): string {
    return `Cannot reach OpenD at ${this.#address}`;
  }
}

function bodyOf<E extends Exchange>(exchange: E, question: Asked<E>): Uint8Array {
  try {
    return encode(requestOf(exchange as Exchange), { c2s: question });
  } catch (error) {
    if (!(error instanceof CodecFault)) throw error;
    throw new OpenDFault("refused", `Cannot ask OpenD for ${exchange.name}: ${saidText(error.message)}`);
  }
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
