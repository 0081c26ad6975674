/**
 * What of an assessment depends on who holds what alone: positions made of leaves, the names they are added up under, and
 * the markets they trade on. Made anew when a holding comes or goes, or a contract becomes better known.
 */
import type { Exchange } from "../calendar/exchange.ts";
import type { ComputedBetas } from "../market/computed_betas.ts";
import type { Portfolio } from "../portfolio.ts";
import type { RiskSettings } from "../settings.ts";
import { nameTotals, UnderlyingSums } from "./by_underlying.ts";
import type { InstrumentValuation } from "./instrument_valuation.ts";
import { groupLeaves, type NameBeta, type PositionGroup, type PositionValue } from "./position_valuation.ts";

/** A position and the name that it belongs to. */
export interface NamedGroup {
  readonly group: PositionGroup;
  readonly name: UnderlyingSums;
}

export class BookGroups {
  readonly #beta: RiskSettings["beta"];
  readonly #manual: RiskSettings["reconciliation"]["manual"];
  #holdings = -1;
  #contracts = -1;
  #betas = -1;
  positions: readonly NamedGroup[] = [];
  /** The positions of the groups alone, in the same order. */
  values: readonly PositionValue[] = [];
  names: ReadonlyMap<string, UnderlyingSums> = new Map();
  /** By the market's name on screen: US first, also when the book is empty. */
  markets: ReadonlyMap<string, Exchange> = new Map();

  #totals = nameTotals();
  /** As they were last sorted: from one turn to the next few names change places. */
  #bySize: UnderlyingSums[] = [];

  constructor({ beta, reconciliation }: Pick<RiskSettings, "beta" | "reconciliation">) {
    this.#beta = beta;
    this.#manual = reconciliation.manual;
  }

  /** Takes up what changed; true when the grouping is a new one. The instruments must have been valued before. */
  refresh(portfolio: Portfolio, instruments: InstrumentValuation): boolean {
    const { positions: book, registry, betas } = portfolio;
    if (
      this.#holdings === book.revision && this.#contracts === registry.revision && this.#betas === betas.revision
    ) return false;
    this.#holdings = book.revision;
    this.#contracts = registry.revision;
    this.#betas = betas.revision;
    const names = new Map<string, UnderlyingSums>();
    this.#totals = nameTotals();
    this.positions = groupLeaves(book, registry, instruments, this.#manual).map((group) => {
      const { underlying, currency } = group.position.instrument;
      let name = names.get(underlying);
      if (name === undefined) {
        const price = registry.priceOf(underlying, currency, (index) => portfolio.calendar.isExpired(index));
        name = new UnderlyingSums(underlying, this.#betaOf(underlying, betas), price, this.#totals);
        names.set(underlying, name);
      }
      return { group, name };
    });
    this.values = this.positions.map(({ group }) => group.position);
    this.names = names;
    this.#bySize = [...names.values()];
    this.markets = this.#marketsOf(portfolio);
    return true;
  }

  /** Nothing added to any name yet, at the start of a turn. */
  clearNames(): void {
    this.#totals.clear();
    for (const name of this.#bySize) name.clear();
  }

  /** The names, largest dollar delta first, once their positions have been added. */
  namesBySize(): readonly UnderlyingSums[] {
    return this.#bySize.sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
  }

  #betaOf(underlying: string, computed: ComputedBetas): NameBeta {
    const { betas, reference, source } = this.#beta;
    const configured = betas.get(underlying) ?? (underlying === reference ? 1 : undefined);
    const estimate = source === "config" || underlying === reference ? null : computed.of(underlying);
    const obstacle = source === "config" ? null : computed.obstacle(underlying);
    if (estimate !== null && (configured === undefined || source === "history")) {
      return { beta: estimate.beta, source: "computed", estimate, obstacle };
    }
    if (configured !== undefined) return { beta: configured, source: "config", estimate: null, obstacle };
    return { beta: 1, source: "default", estimate: null, obstacle };
  }

  #marketsOf({ calendar }: Portfolio): Map<string, Exchange> {
    const markets = new Map<string, Exchange>([["US", "NYSE"]]);
    for (const { group } of this.positions) {
      const exchange = calendar.exchange(group.position.index);
      if (exchange !== null && !markets.has(MARKET_OF[exchange])) markets.set(MARKET_OF[exchange], exchange);
    }
    return markets;
  }
}

const MARKET_OF: Readonly<Record<Exchange, string>> = {
  NYSE: "US",
  NASDAQ: "US",
  CBOE_EQUITY_OPTIONS: "US",
  CBOE_INDEX_OPTIONS: "CBOE",
  CME_EQUITY_INDEX: "CME",
  XETRA: "XETRA",
  LSE: "LSE",
  HKEX: "HKEX",
  FX: "FX",
};
