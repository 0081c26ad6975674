/**
 * The book by sector: the names' own sums added up by the configured map. Options count with their underlying.
 *
 * A name's unknown figure is left out of its sector's and counted; a sector of which nothing is known is null.
 */
import type { SectorView, UnderlyingView } from "./snapshot.ts";
import { Total } from "./totals.ts";

/** Empty without a map: a book without sectors has no sector "none". Names that the map leaves out come under null. */
export function sectorViews(names: readonly UnderlyingView[], sectors: ReadonlyMap<string, string>): SectorView[] {
  if (sectors.size === 0) return [];
  const groups = new Map<string | null, UnderlyingView[]>();
  for (const name of names) {
    const sector = sectors.get(name.underlying) ?? null;
    const group = groups.get(sector);
    if (group === undefined) groups.set(sector, [name]);
    else group.push(name);
  }
  const views = [...groups].map(([sector, members]) => view(sector, members));
  return views.sort((a, b) => (b.grossExposure ?? 0) - (a.grossExposure ?? 0));
}

function view(sector: string | null, names: readonly UnderlyingView[]): SectorView {
  const sum = (valueOf: (name: UnderlyingView) => number | null): number | null => {
    const total = new Total();
    for (const name of names) total.add(valueOf(name) ?? NaN);
    return total.value;
  };
  return {
    sector,
    names: names.length,
    positions: names.reduce((count, name) => count + name.positions, 0),
    grossExposure: sum((name) => name.grossExposure),
    netExposure: sum((name) => name.netExposure),
    marketValue: sum((name) => name.marketValue),
    unrealizedPnl: sum((name) => name.unrealizedPnl),
    dailyPnl: sum((name) => name.dailyPnl),
    realizedPnl: sum((name) => name.realizedPnl),
    dollarDelta: sum((name) => name.dollarDelta),
    betaWeightedDelta: sum((name) => name.betaWeightedDelta),
    gammaDollars1Pct: sum((name) => name.gammaDollars1Pct),
    vega: sum((name) => name.vega),
    theta: sum((name) => name.theta),
    excluded: names.reduce((count, name) => count + name.excluded, 0),
  };
}
