/** Ticks at a fixed rate, for load tests: ready-made frames, so that the generator costs next to nothing. */
import { concatenate } from "./frame.ts";
import { isOption } from "./market.ts";
import { optionComputation, tickPrice } from "./messages.ts";
import type { QuoteLine } from "./quote_line.ts";
import type { QuoteLines } from "./quote_lines.ts";
import type { Simulation } from "./simulation.ts";

/** Prices a line moves through, a tick apart. */
const STEPS = 16;
/** At most this much time is caught up after a pause: a frozen gateway does not answer with a flood. */
const CATCH_UP_MS = 200;

interface Track {
  readonly line: QuoteLine;
  /** Bid, ask and (for options) the model's computation of each step, joined. */
  readonly frames: readonly Uint8Array[];
  readonly bids: readonly number[];
  readonly asks: readonly number[];
  readonly ticks: number;
  step: number;
}

export class LoadGenerator {
  #tracks: readonly Track[] = [];
  #lastAt = -1;
  #owed = 0;
  #turn = 0;
  #sent = 0;

  constructor(readonly simulation: Simulation, readonly lines: QuoteLines) {}

  /** Ticks sent so far. */
  get sent(): number {
    return this.#sent;
  }

  /** The ticks that are due, a few lines after another; the market's quotes follow what is sent. */
  ticks(elapsed: number, perSecond: number): Uint8Array[] {
    if (this.#lastAt < 0) this.#lastAt = elapsed;
    this.#owed += Math.min(elapsed - this.#lastAt, CATCH_UP_MS) * perSecond / 1000;
    this.#lastAt = elapsed;
    this.#prepare();
    const out: Uint8Array[] = [];
    while (this.#tracks.length > 0 && this.#owed >= 2) {
      const track = this.#tracks[this.#turn++ % this.#tracks.length]!;
      if (!this.lines.conditions.flows(track.line.listed)) {
        this.#owed -= track.ticks;
        continue;
      }
      track.step = (track.step + 1) % STEPS;
      out.push(track.frames[track.step]!);
      this.simulation.market.setQuote(track.line.listed, track.bids[track.step]!, track.asks[track.step]!);
      this.#owed -= track.ticks;
      this.#sent += track.ticks;
    }
    if (this.#tracks.length === 0) this.#owed = 0;
    return out;
  }

  /**
   * Follows the client's lines. One that is still open keeps its frames: made anew they would start from wherever the
   * load has just put the price, and a few hundred lines opened one by one would be made a few hundred times.
   */
  #prepare(): void {
    const lines = [...this.lines.lines].filter(({ listed }) => listed.spec.type !== "IND");
    if (lines.length === this.#tracks.length && lines.every((line, at) => line === this.#tracks[at]!.line)) return;
    const made = new Map(this.#tracks.map((track) => [track.line, track]));
    this.#tracks = lines.map((line) => made.get(line) ?? this.#track(line));
  }

  #track(line: QuoteLine): Track {
    const { market } = this.simulation;
    const { minTick, priceMagnifier } = line.listed.spec;
    const { bid, ask } = market.quote(line.listed);
    const model = market.model(line.listed);
    // Up and down again, so that no step jumps.
    const offsets = Array.from({ length: STEPS }, (_, step) => Math.min(step, STEPS - step) * minTick);
    const bids = offsets.map((offset) => Number((Math.max(bid, 0) + offset).toFixed(8)));
    const asks = offsets.map((offset) => Number((Math.max(ask, minTick) + offset).toFixed(8)));
    const withModel = isOption(line.listed) && line.listed.spec.greeks === "live" && model !== null;
    const frames = offsets.map((_, step) =>
      concatenate([
        tickPrice(line.id, 1, bids[step]! * priceMagnifier, 5, 1),
        tickPrice(line.id, 2, asks[step]! * priceMagnifier, 7, 1),
        ...(withModel ? [optionComputation(line.id, 13, model)] : []),
      ])
    );
    return { line, frames, bids, asks, ticks: withModel ? 3 : 2, step: 0 };
  }
}
