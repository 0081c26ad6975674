/** What one account alone holds of the book, in the book's own units. Made only while somebody looks at the account. */
import type { AccountId, PositionBook } from "../position_book.ts";
import type { EpochMs } from "../time.ts";
import type { NamedGroup } from "./book_groups.ts";
import { ExpiryLadder } from "./by_expiry.ts";
import { nameTotals, UnderlyingSums } from "./by_underlying.ts";
import type { InstrumentValuation } from "./instrument_valuation.ts";
import { PortfolioTotals } from "./portfolio_totals.ts";
import { isPartial, partOf } from "./position_valuation.ts";
import type { AccountBook } from "./snapshot.ts";

export interface ShareInputs {
  /** Valued in this turn. */
  readonly groups: readonly NamedGroup[];
  readonly positions: PositionBook;
  readonly instruments: InstrumentValuation;
  /** Price of the beta reference in the base currency; NaN when unknown. */
  readonly indexPrice: number;
  readonly bookKnown: boolean;
  readonly now: EpochMs;
}

export function accountShare({ source, account }: AccountId, inputs: ShareInputs): AccountBook {
  const { groups, positions, instruments, indexPrice, bookKnown, now } = inputs;
  const totals = new PortfolioTotals(bookKnown);
  const ladder = new ExpiryLadder(bookKnown);
  const table = nameTotals();
  const names = new Map<string, UnderlyingSums>();
  let excluded = 0;
  for (const { group, name } of groups) {
    const leaves = group.position.leaves.filter(({ leaf }) => {
      const owner = positions.accounts[positions.account[leaf]!]!;
      return owner.account === account && owner.source === source;
    });
    if (leaves.length === 0) continue;
    const part = partOf(group.position, leaves, name.beta, indexPrice);
    let sums = names.get(name.name);
    if (sums === undefined) names.set(name.name, sums = new UnderlyingSums(name.name, name.beta, name.price, table));
    sums.add(part);
    totals.add(part);
    ladder.add(part);
    if (isPartial(part)) excluded++;
  }
  const byUnderlying = [...names.values()].sort((a, b) => b.size - a.size).map((sums) => {
    const value = sums.price === null ? null : instruments.at(sums.price);
    return sums.view(value?.markLong ?? NaN, value?.close ?? NaN, now);
  });
  return {
    marketValue: totals.value("marketValue"),
    delta: totals.value("delta"),
    dollarDelta: totals.value("dollarDelta"),
    betaWeightedDelta: totals.value("betaWeightedDelta"),
    gammaDollars1Pct: totals.value("gammaDollars1Pct"),
    vega: totals.value("vega"),
    theta: totals.value("theta"),
    excluded,
    byUnderlying,
    byExpiry: ladder.view(),
  };
}
