/** The book's leaves beside what a snapshot shows of each. */
import type { Exchange } from "../../domain/calendar/exchange.ts";
import type { InstrumentIndex, Source } from "../../domain/event.ts";
import { instrumentKey } from "../../domain/instrument.ts";
import type { Portfolio } from "../../domain/portfolio.ts";
import type { LeafIndex } from "../../domain/position_book.ts";
import type { LeafView, PositionView, RiskSnapshot } from "../../domain/risk/snapshot.ts";
import { accountKey } from "./confirmed.ts";

/** Whose days count where the exchange is not known, as the calendar has it. */
const DEFAULT_EXCHANGE: Exchange = "NYSE";

export interface HeldLeaf {
  readonly leaf: LeafIndex;
  readonly source: Source;
  readonly account: string;
  /** Of source and account. */
  readonly owner: string;
  readonly instrument: InstrumentIndex;
  readonly exchange: Exchange;
  /** The contract's key. */
  readonly contract: string;
  /** Of owner and contract. */
  readonly key: string;
}

export interface SeenLeaf {
  readonly held: HeldLeaf;
  /** Null for a leaf that the snapshot does not count: a manual entry for what a broker holds. */
  readonly seen: { readonly position: PositionView; readonly view: LeafView } | null;
}

export class HeldLeaves {
  readonly #portfolio: Portfolio;
  #holdings = -1;
  #contracts = -1;
  #leaves: readonly HeldLeaf[] = [];
  #exchanges: ReadonlySet<Exchange> = new Set();
  /** For which leaves, and of how many positions, `#places` was made. */
  #placed: readonly HeldLeaf[] | null = null;
  #positions = 0;
  /** Where in a snapshot's positions each leaf's contract stands; −1: nowhere. */
  #places: readonly number[] = [];

  constructor(portfolio: Portfolio) {
    this.#portfolio = portfolio;
  }

  /** Live ones; the same array until a leaf comes or goes or a contract becomes better known. */
  all(): readonly HeldLeaf[] {
    const { positions, registry } = this.#portfolio;
    if (this.#holdings !== positions.revision || this.#contracts !== registry.revision) {
      this.#holdings = positions.revision;
      this.#contracts = registry.revision;
      this.#leaves = liveLeaves(this.#portfolio);
      this.#exchanges = new Set(this.#leaves.map(({ exchange }) => exchange));
    }
    return this.#leaves;
  }

  /** Those that the leaves trade by. */
  exchanges(): ReadonlySet<Exchange> {
    this.all();
    return this.#exchanges;
  }

  /** Every leaf with its rows of the snapshot, which must be the book's newest. */
  seenIn({ positions }: RiskSnapshot): SeenLeaf[] {
    const leaves = this.all();
    // Positions keep their places while nobody comes or goes.
    if (this.#placed !== leaves || this.#positions !== positions.length) {
      this.#placed = leaves;
      this.#positions = positions.length;
      this.#places = placesOf(leaves, positions);
    }
    return leaves.map((held, index) => seenAt(held, positions[this.#places[index]!]));
  }
}

/** @param leaves of the book as the snapshot shows it, whatever has become of them since */
export function seenIn(leaves: readonly HeldLeaf[], { positions }: RiskSnapshot): SeenLeaf[] {
  const places = placesOf(leaves, positions);
  return leaves.map((held, index) => seenAt(held, positions[places[index]!]));
}

function placesOf(leaves: readonly HeldLeaf[], positions: readonly PositionView[]): number[] {
  const places = new Map(positions.map((position, place) => [instrumentKey(position), place]));
  return leaves.map(({ contract }) => places.get(contract) ?? -1);
}

function seenAt(held: HeldLeaf, position: PositionView | undefined): SeenLeaf {
  const view = position?.leaves.find(({ source, account }) => source === held.source && account === held.account);
  return { held, seen: position === undefined || view === undefined ? null : { position, view } };
}

function liveLeaves({ positions, registry, calendar }: Portfolio): HeldLeaf[] {
  const leaves: HeldLeaf[] = [];
  for (let leaf = 0; leaf < positions.count; leaf++) {
    if (!positions.isAlive(leaf)) continue;
    const instrument = positions.instrument[leaf]!;
    const { source, account } = positions.accounts[positions.account[leaf]!]!;
    const owner = accountKey(source, account);
    const contract = instrumentKey(registry.at(instrument));
    const exchange = calendar.exchange(instrument) ?? DEFAULT_EXCHANGE;
    leaves.push({ leaf, source, account, owner, instrument, exchange, contract, key: `${owner}|${contract}` });
  }
  return leaves;
}
