/** What the screen says of the link: one status and one sentence out of everything that bears on it. */
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { LinkStatus } from "../../domain/event.ts";
import type { ConnectionPhase } from "./connection.ts";

export class Link {
  readonly #sink: FeedSink;
  readonly #clock: Clock;
  #phase: ConnectionPhase = { kind: "stopped", detail: "not started" };
  /** True once a session was had: before, trying is "connecting", after, it is "down". */
  #hadSession = false;
  #failedOnce = false;
  /** True once everything was there: downloading again after a drop is less than the book had. */
  #wasUp = false;
  #last: { readonly status: LinkStatus; readonly detail: string } | null = null;

  /** In words; null when all is well. Set by whoever sees it, then `update()`. */
  serversLost: string | null = null;
  farmsDown: readonly string[] = [];
  /** What is still being downloaded; null when the first view is complete. */
  downloading: string | null = null;
  fault: string | null = null;

  constructor(sink: FeedSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  onPhase(phase: ConnectionPhase): void {
    this.#phase = phase;
    if (phase.kind === "session") this.#hadSession = true;
    if (phase.kind === "waiting") this.#failedOnce = true;
    this.update();
  }

  update(): void {
    const now = this.#judge();
    if (this.#last !== null && this.#last.status === now.status && this.#last.detail === now.detail) return;
    this.#last = now;
    this.#sink.push({ kind: "link", source: "IB", ...now, at: this.#clock.now() }, true);
  }

  #judge(): { status: LinkStatus; detail: string } {
    const { kind, detail } = this.#phase;
    switch (kind) {
      case "stopped":
        return { status: "off", detail };
      case "connecting":
        return { status: this.#hadSession || this.#failedOnce ? "down" : "connecting", detail };
      case "waiting":
      case "silent":
        return { status: "down", detail };
      case "session":
        return this.#judgeSession(detail);
    }
  }

  #judgeSession(detail: string): { status: LinkStatus; detail: string } {
    if (this.serversLost !== null) return { status: "degraded", detail: this.serversLost };
    if (this.farmsDown.length > 0) {
      const plural = this.farmsDown.length > 1;
      return {
        status: "degraded",
        detail: `market data ${plural ? "farms" : "farm"} ${this.farmsDown.join(", ")} ${plural ? "are" : "is"} down`,
      };
    }
    if (this.fault !== null) return { status: "degraded", detail: this.fault };
    if (this.downloading !== null) {
      return { status: this.#wasUp ? "degraded" : "connecting", detail: this.downloading };
    }
    this.#wasUp = true;
    return { status: "up", detail };
  }
}
