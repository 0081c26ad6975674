/**
 * Keeps one session with TWS alive: connects, shakes hands, notices silence, and tries again for ever.
 *
 * connecting (time-out) → handshake (time-outs for the server's version, then for the next order id and the accounts) →
 * session → lost → waiting (back-off) → connecting …
 */
import type { Random } from "../../application/ports/clock.ts";
import type { FeedAnswer } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import { addressText } from "../net/address_text.ts";
import { Backoff, countDown } from "../net/backoff.ts";
import { Attempt, type AttemptDependencies, type AttemptOver, type AttemptOwner, type Session } from "./attempt.ts";
import { ClientIds } from "./client_ids.ts";

/** A session shorter than this does not reset the back-off: such a peer would be dialled twice a second for ever. */
const STABLE_MS = 2_000;

/** Where the connection stands; `detail` is for the screen. */
export type ConnectionPhase =
  | { readonly kind: "connecting"; readonly detail: string }
  | { readonly kind: "waiting"; readonly detail: string }
  | { readonly kind: "session"; readonly detail: string }
  /** In a session, but nothing arrives and the probe went unanswered. */
  | { readonly kind: "silent"; readonly detail: string }
  | { readonly kind: "stopped"; readonly detail: string };

export interface ConnectionOwner extends AttemptOwner {
  onSession(session: Session): void;
  /** The session is over. Called once for every `onSession`. */
  onLost(reason: string): void;
  onPhase(phase: ConnectionPhase): void;
}

export interface ConnectionDependencies extends AttemptDependencies {
  readonly random: Random;
  readonly log: Log;
  readonly owner: ConnectionOwner;
}

export class Connection {
  readonly #deps: ConnectionDependencies;
  readonly #backoff: Backoff;
  readonly #ids: ClientIds;
  #attempt: Attempt | null = null;
  #stopTimer: (() => void) | null = null;
  #running = false;
  #inSession = false;
  /** Repeated failures are logged once per reason, not once per try. */
  #loggedFailure: string | null = null;

  constructor(deps: ConnectionDependencies) {
    this.#deps = deps;
    this.#backoff = new Backoff(deps.settings.reconnect, deps.random);
    this.#ids = new ClientIds(deps.settings.clientId, deps.settings.clientIdRange);
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#connect();
  }

  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    this.#stopTimer?.();
    this.#stopTimer = null;
    this.#attempt?.abandon("APEX stopped");
    this.#attempt = null;
    this.#deps.owner.onPhase({ kind: "stopped", detail: "stopped" });
  }

  /** Drops the session and makes a new one, for trouble that only its user can see. */
  renew(reason: string): void {
    this.#attempt?.abandon(reason);
  }

  /** Makes a new connection: at once when the next try is being waited for. One that is being made is left alone. */
  reconnect(reason: string): FeedAnswer {
    if (!this.#running) return { done: false, words: "the connection to IBKR is stopped" };
    if (this.#inSession) {
      this.renew(reason);
      return { done: true, words: "the connection to IBKR is made anew" };
    }
    if (this.#stopTimer === null) return { done: false, words: "IBKR is being connected to already" };
    this.#stopTimer();
    this.#connect();
    return { done: true, words: "IBKR is tried again now" };
  }

  #connect(): void {
    this.#stopTimer = null;
    const { owner, log } = this.#deps;
    const clientId = this.#ids.current;
    owner.onPhase({ kind: "connecting", detail: `connecting to ${this.#address} as client ${clientId}` });
    this.#attempt = new Attempt(this.#deps, clientId, {
      onReady: (session) => {
        this.#inSession = true;
        this.#ids.accepted();
        this.#loggedFailure = null;
        log.write("INFO", "SYSTEM", `Connected to IBKR at ${this.#address}`, {
          clientId,
          serverVersion: session.serverVersion,
          accounts: session.accounts.length,
        });
        owner.onPhase({ kind: "session", detail: this.#sessionDetail(session) });
        owner.onSession(session);
      },
      onSilence: (silentMs) => {
        const seconds = Math.round(silentMs / 1000);
        log.write("WARN", "SYSTEM", "The link to IBKR is silent", { silentSeconds: seconds });
        owner.onPhase({
          kind: "silent",
          detail: `nothing has arrived from ${this.#address} for ${seconds} s and TWS does not answer`,
        });
      },
      onThaw: (session) => {
        log.write("INFO", "SYSTEM", "The link to IBKR answers again");
        owner.onPhase({ kind: "session", detail: this.#sessionDetail(session) });
      },
      onOver: (over) => this.#over(over),
    });
    this.#attempt.start();
  }

  #sessionDetail(session: Session): string {
    return `${this.#address}, client ${session.clientId}, server version ${session.serverVersion}`;
  }

  get #address(): string {
    return addressText(this.#deps.settings);
  }

  #over({ reason, idInUse, lastedMs }: AttemptOver): void {
    const { owner, log, clock } = this.#deps;
    this.#attempt = null;
    this.#inSession = false;
    if (lastedMs !== null) {
      if (lastedMs >= STABLE_MS) this.#backoff.reset();
      owner.onLost(reason);
    }
    if (!this.#running) return;
    if (idInUse) this.#ids.refused();
    const delayMs = this.#backoff.nextMs();
    if (lastedMs !== null || reason !== this.#loggedFailure) {
      log.write("WARN", "SYSTEM", lastedMs === null ? reason : `Lost the connection to IBKR: ${reason}`);
    }
    this.#loggedFailure = reason;
    const tell = (left: string): void => owner.onPhase({ kind: "waiting", detail: `${reason}; next try in ${left}` });
    this.#stopTimer = countDown(clock, delayMs, tell, () => this.#connect());
  }
}
