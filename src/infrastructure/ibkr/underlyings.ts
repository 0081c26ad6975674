/** Which instrument each option is written on: the stock, the index, or the one future of a futures option. */
import type { FeedSink } from "../../application/ports/feed.ts";
import type { InstrumentIndex } from "../../domain/event.ts";
import { isOption } from "../../domain/instrument.ts";
import type { Contracts, KnownContract } from "./contracts.ts";

export interface UnderlyingsDependencies {
  readonly sink: FeedSink;
  readonly contracts: Contracts;
  /** Called with each underlying of a new link: it needs a price. */
  readonly onLinked: (underlying: InstrumentIndex) => void;
}

export class Underlyings {
  readonly #deps: UnderlyingsDependencies;
  readonly #linked = new Set<InstrumentIndex>();
  /** By what the options are called, for options whose own details cannot be had. */
  readonly #byFamily = new Map<string, KnownContract>();
  readonly #orphans = new Map<string, KnownContract[]>();

  constructor(deps: UnderlyingsDependencies) {
    this.#deps = deps;
  }

  /** More is known of a contract. */
  onContract(known: KnownContract): void {
    if (!isOption(known.instrument.assetType) || this.#linked.has(known.index)) return;
    if (known.underConId !== null) {
      this.#deps.contracts.seek(known.underConId, (underlying) => this.#link(known, underlying));
    } else if (known.details === "failed" && known.instrument.assetType === "OPTION") {
      this.#adopt(known);
    }
  }

  /** An expired or unknown option is written on what its siblings are written on. */
  #adopt(option: KnownContract): void {
    const family = familyOf(option);
    const underlying = this.#byFamily.get(family);
    if (underlying !== undefined) return this.#link(option, underlying);
    const orphans = this.#orphans.get(family) ?? [];
    if (orphans.every(({ index }) => index !== option.index)) this.#orphans.set(family, [...orphans, option]);
  }

  #link(option: KnownContract, underlying: KnownContract): void {
    if (this.#linked.has(option.index)) return;
    this.#linked.add(option.index);
    this.#deps.sink.push({ kind: "underlying", instrument: option.index, underlying: underlying.index });
    this.#deps.onLinked(underlying.index);
    if (option.instrument.assetType !== "OPTION") return;
    const family = familyOf(option);
    this.#byFamily.set(family, underlying);
    const orphans = this.#orphans.get(family) ?? [];
    this.#orphans.delete(family);
    for (const orphan of orphans) this.#link(orphan, underlying);
  }
}

/** Options of one name and currency are written on one thing; those on futures are not. */
function familyOf({ instrument }: KnownContract): string {
  return `${instrument.symbol} ${instrument.currency}`;
}
