/** What the screen says of the link to OpenD: one status and one sentence out of everything that bears on it. */
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { LinkStatus } from "../../domain/event.ts";
import type { OpenDPhase } from "./client/connection.ts";

export class LinkStatusLine {
  readonly #sink: FeedSink;
  readonly #clock: Clock;
  #phase: OpenDPhase = { kind: "stopped", detail: "not started" };
  /** An attempt is over: trying again is not the first start any more. */
  #triedOnce = false;
  /** Everything was there once: reading it again after a drop is less than the book had. */
  #wasUp = false;
  #last: { readonly status: LinkStatus; readonly detail: string } | null = null;

  /** What is still being read; null when the first view is complete. Set by whoever sees it, then `update()`. */
  reading: string | null = null;
  /** What is amiss, in words; the first is shown. */
  faults: readonly string[] = [];
  accounts = 0;

  constructor(sink: FeedSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  onPhase(phase: OpenDPhase): void {
    if (phase.kind !== "connecting") this.#triedOnce = true;
    this.#phase = phase;
    this.update();
  }

  update(): void {
    const now = this.#judge();
    if (this.#last !== null && this.#last.status === now.status && this.#last.detail === now.detail) return;
    this.#last = now;
    this.#sink.push({ kind: "link", source: "FUTU", ...now, at: this.#clock.now() }, true);
  }

  #judge(): { status: LinkStatus; detail: string } {
    const { kind, detail } = this.#phase;
    switch (kind) {
      case "stopped":
        return { status: "off", detail };
      case "connecting":
        return { status: this.#triedOnce ? "down" : "connecting", detail };
      case "waiting":
      case "not-ready":
        return { status: "down", detail };
      case "session":
        return this.#judgeSession(detail);
    }
  }

  #judgeSession(detail: string): { status: LinkStatus; detail: string } {
    const [fault] = this.faults;
    if (fault !== undefined) return { status: "degraded", detail: fault };
    if (this.reading !== null) return { status: this.#wasUp ? "degraded" : "connecting", detail: this.reading };
    this.#wasUp = true;
    return { status: "up", detail: `${detail}, ${this.accounts === 1 ? "1 account" : `${this.accounts} accounts`}` };
  }
}
