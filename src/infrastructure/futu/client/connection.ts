/**
 * Keeps one session with OpenD alive and tries again for ever.
 *
 * connecting → not-ready (connected, not logged in; asked until it is) → session → lost → waiting (back-off) → connecting …
 */
import type { Random } from "../../../application/ports/clock.ts";
import type { FeedAnswer } from "../../../application/ports/feed.ts";
import { addressText } from "../../net/address_text.ts";
import { Backoff, countDown } from "../../net/backoff.ts";
import type { LinkDependencies } from "./link.ts";
import type { OpenDSession, PushListener } from "./opend.ts";
import { RateLimit } from "./rate_limit.ts";
import { Session, type SessionOver } from "./session.ts";

/** A session shorter than this does not reset the back-off: such a peer would be dialled twice a second for ever. */
const STABLE_MS = 2_000;
/** Reasons that are remembered as logged; each is a sentence, and few occur. */
const MOST_REASONS = 50;

/** Where the connection stands; `detail` is for the screen. */
export type OpenDPhase = {
  /** `not-ready`: OpenD answers and is not logged in; the detail says what a person has to do. */
  readonly kind: "connecting" | "waiting" | "not-ready" | "session" | "stopped";
  readonly detail: string;
};

/**
 * A push may come before the first session: the notice that OpenD gives right after the greeting does. Those of accounts come
 * within a session only.
 */
export interface ConnectionOwner extends PushListener {
  /** The session is ready: logged in for trading. Each is handed over once. */
  onSession(session: OpenDSession): void;
  /** The session is over. Called once for every `onSession`. */
  onLost(reason: string): void;
  onPhase(phase: OpenDPhase): void;
}

export interface ConnectionDependencies extends LinkDependencies {
  readonly random: Random;
  readonly owner: ConnectionOwner;
}

export class Connection {
  readonly #deps: ConnectionDependencies;
  readonly #backoff: Backoff;
  readonly #rateLimit: RateLimit;
  #session: Session | null = null;
  #stopTimer: (() => void) | null = null;
  #isRunning = false;
  #isInSession = false;
  /** What OpenD lacks while it is not ready. */
  #missing: string | null = null;
  /** Repeated failures are logged once per reason, not once per try. */
  readonly #logged = new Set<string>();

  constructor(deps: ConnectionDependencies) {
    this.#deps = deps;
    this.#backoff = new Backoff(deps.settings.reconnect, deps.random);
    this.#rateLimit = new RateLimit(deps.clock);
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#connect();
  }

  stop(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#stopTimer?.();
    this.#stopTimer = null;
    this.#session?.close("APEX stopped");
    this.#deps.owner.onPhase({ kind: "stopped", detail: "stopped" });
  }

  /** Makes a new connection: at once when the next try is being waited for. One that is being made is left alone. */
  reconnect(reason: string): FeedAnswer {
    if (!this.#isRunning) return { done: false, words: "the connection to OpenD is stopped" };
    if (this.#isInSession) {
      this.#session?.close(reason);
      return { done: true, words: "the connection to OpenD is made anew" };
    }
    if (this.#missing !== null) return { done: false, words: `OpenD is connected and not ready: ${this.#missing}` };
    if (this.#stopTimer === null) return { done: false, words: "OpenD is being connected to already" };
    this.#stopTimer();
    this.#connect();
    return { done: true, words: "OpenD is tried again now" };
  }

  #connect(): void {
    this.#stopTimer = null;
    const { owner } = this.#deps;
    owner.onPhase({ kind: "connecting", detail: `connecting to OpenD at ${this.#address}` });
    const session = new Session({ ...this.#deps, rateLimit: this.#rateLimit, purpose: "monitor" }, {
      onReady: () => this.#ready(session),
      onNotReady: ({ words }) => {
        this.#missing = words;
        this.#logOnce(`OpenD is not ready: ${words}`);
        owner.onPhase({ kind: "not-ready", detail: words });
      },
      onPush: (push, message) => owner.onPush(push, message),
      onOver: (over) => this.#over(session, over),
    });
    this.#session = session;
    session.start();
  }

  #ready(session: Session): void {
    const { owner, log } = this.#deps;
    const { serverVersion, connId } = session;
    this.#missing = null;
    this.#isInSession = true;
    this.#logged.clear();
    log.write("INFO", "SYSTEM", `Connected to OpenD at ${this.#address}`, { serverVersion, connId });
    owner.onPhase({ kind: "session", detail: `${this.#address}, OpenD ${versionText(serverVersion)}` });
    owner.onSession(session);
  }

  #over({ passedOver }: Session, { fault: { message }, heldMs }: SessionOver): void {
    const { owner, log, clock } = this.#deps;
    const wasInSession = this.#isInSession;
    this.#session = null;
    this.#missing = null;
    this.#isInSession = false;
    if (heldMs !== null && heldMs >= STABLE_MS) this.#backoff.reset();
    if (wasInSession) owner.onLost(message);
    if (!this.#isRunning) return;
    if (wasInSession) log.write("WARN", "SYSTEM", `Lost the session with OpenD: ${message}`, { ...passedOver });
    else this.#logOnce(message);
    const delayMs = this.#backoff.nextMs();
    const tell = (left: string): void => owner.onPhase({ kind: "waiting", detail: `${message}; next try in ${left}` });
    this.#stopTimer = countDown(clock, delayMs, tell, () => this.#connect());
  }

  #logOnce(reason: string): void {
    if (this.#logged.has(reason)) return;
    if (this.#logged.size >= MOST_REASONS) this.#logged.clear();
    this.#logged.add(reason);
    this.#deps.log.write("WARN", "SYSTEM", reason);
  }

  get #address(): string {
    return addressText(this.#deps.settings);
  }
}

/** `9.5` of 905. */
function versionText(version: number): string {
  return `${Math.floor(version / 100)}.${version % 100}`;
}
