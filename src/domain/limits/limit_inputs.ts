/** What the limits are judged on, taken from an assessment. */
import type { AccountId } from "../position_book.ts";
import type { Assessment } from "../risk/assess.ts";
import type { PortfolioView } from "../risk/snapshot.ts";
import type { RiskSettings } from "../settings.ts";
import type { AccountMargin, Judged, LimitInputs } from "./judge.ts";

export function limitInputs(assessment: Assessment, marginBasis: RiskSettings["marginBasis"]): LimitInputs {
  const { portfolio, accounts, scenarios, anyStale, anyModelled } = assessment;
  const silent = assessment.accountsWithoutValues;
  const scopeOf = scopes([...accounts, ...silent]);
  type Field = Parameters<Assessment["excludedFrom"]>[0] & keyof PortfolioView;
  const judged = (field: Field): Judged => ({
    value: portfolio[field],
    partial: assessment.excludedFrom(field),
    stale: anyStale,
    modelled: anyModelled,
  });
  const plain = (value: number | null, partial = 0): Judged => ({
    value,
    partial,
    stale: anyStale,
    modelled: anyModelled,
  });
  return {
    grossExposure: judged("grossExposure"),
    exposureByUnderlying: withUnread(assessment.names, assessment.unreadSources.length),
    delta: judged("delta"),
    gamma: judged("gamma"),
    vega: judged("vega"),
    theta: judged("theta"),
    dollarDelta: judged("dollarDelta"),
    betaWeightedDelta: judged("betaWeightedDelta"),
    margins: [
      ...accounts.map((account): AccountMargin => {
        const amounts = account.own ?? account;
        const margin = marginBasis === "initial" ? amounts.initialMargin : amounts.maintenanceMargin;
        return {
          account: scopeOf(account),
          margin,
          netLiquidation: amounts.netLiquidation,
          stale: anyStale || account.stale === true,
        };
      }),
      // An account that the broker says nothing of is not one without a margin, nor is a broker that says nothing.
      ...[...silent.map(scopeOf), ...assessment.sourcesWithoutValues].map((account): AccountMargin => (
        { account, margin: null, netLiquidation: null, stale: anyStale }
      )),
    ],
    concentration: plain(portfolio.concentration.pct, assessment.excludedFrom("grossExposure")),
    scenarioPnl: scenarios.map((scenario) => plain(scenario.pnl, scenario.excluded)),
    dailyPnl: judged("dailyPnl"),
    drawdown: plain(assessment.drawdown, assessment.sourcesWithoutValues.length),
    valueAtRisk: plain(null),
    missingGreeks: plain(assessment.missingGreeks),
  };
}

/** What a name's exposure leaves out beside its positions: nobody knows what an unread source holds of it. */
function withUnread(names: ReadonlyMap<string, Judged>, unread: number): ReadonlyMap<string, Judged> {
  if (unread === 0) return names;
  const judged = ({ value, partial, stale, modelled }: Judged): Judged => (
    { value, partial: partial + unread, stale, modelled }
  );
  return new Map(Array.from(names, ([name, exposure]) => [name, judged(exposure)]));
}

/** An account by its name; with the source before it where two brokers have one of that name. */
function scopes(accounts: readonly AccountId[]): (id: AccountId) => string {
  const sources = new Map<string, string>();
  const shared = new Set<string>();
  for (const { source, account } of accounts) {
    if ((sources.get(account) ?? source) !== source) shared.add(account);
    sources.set(account, source);
  }
  return ({ source, account }) => shared.has(account) ? `${source} ${account}` : account;
}
