/** Snapshots as text on standard output: plain blocks for people and logs, or one JSON line each for programs. */
import type { Clock } from "../application/ports/clock.ts";
import type { RiskSnapshot } from "../domain/risk/snapshot.ts";
import { type ByteWriter, OutputStream } from "./output_stream.ts";

/** A plain block is for reading: one a second is enough, and at once when a breach changes. */
const TEXT_EVERY_MS = 1_000;
/** Blocks that wait for a slow reader before the oldest are left out. */
const TEXT_BOUND = 4;
const JSON_BOUND = 256;
/** At the end: how long a reader may take nothing. */
const PATIENCE_MS = 5_000;

export interface StreamViewerOptions {
  readonly writer: ByteWriter;
  readonly clock: Clock;
  /** Called at the end while a slow reader goes on taking: nothing is stuck. */
  readonly onTaken: () => void;
  readonly format: "text" | "jsonl";
  /** One block of plain text. */
  readonly text: (snapshot: RiskSnapshot) => string;
}

export class StreamViewer {
  readonly #output: OutputStream;
  readonly #options: StreamViewerOptions;
  readonly ended: Promise<void>;
  #shownAt = Number.NEGATIVE_INFINITY;
  /** The newest snapshot from before the first view. */
  #early: RiskSnapshot | null = null;

  constructor(options: StreamViewerOptions) {
    this.#options = options;
    this.#output = new OutputStream(options.writer, options.format === "text" ? TEXT_BOUND : JSON_BOUND);
    this.ended = new Promise((resolve) => this.#output.onClosed(resolve));
  }

  /** Says nothing while starting: the first snapshot is the first view of the book. */
  show(snapshot: RiskSnapshot, urgent: boolean): void {
    if (snapshot.status === "starting") {
      this.#early = snapshot;
      return;
    }
    this.#early = null;
    this.#write(snapshot, urgent);
  }

  /**
   * What there was is shown even when a first view never came about: it says what was missing.
   *
   * @throws {OutputFailed} when not all could be written
   */
  close(): Promise<void> {
    if (this.#early !== null) this.#write(this.#early, true);
    this.#early = null;
    return this.#output.finish(this.#options.clock, PATIENCE_MS, this.#options.onTaken);
  }

  #write(snapshot: RiskSnapshot, urgent: boolean): void {
    if (this.#options.format === "jsonl") return this.#output.write(JSON.stringify(snapshot) + "\n");
    const at = Date.parse(snapshot.asOf);
    if (!urgent && at - this.#shownAt < TEXT_EVERY_MS) return;
    this.#shownAt = at;
    this.#output.write(this.#options.text(snapshot));
  }
}
