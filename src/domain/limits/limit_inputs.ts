/** What the limits are judged on, taken from an assessment. */
import type { Assessment } from "../risk/assess.ts";
import type { PortfolioView } from "../risk/snapshot.ts";
import type { RiskSettings } from "../settings.ts";
import type { AccountMargin, Judged, LimitInputs } from "./judge.ts";

export function limitInputs(assessment: Assessment, marginBasis: RiskSettings["marginBasis"]): LimitInputs {
  const { portfolio, accounts, scenarios, anyStale, anyModelled } = assessment;
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
    exposureByUnderlying: assessment.names,
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
          account: account.account,
          margin,
          netLiquidation: amounts.netLiquidation,
          stale: anyStale || account.restoredFrom !== null,
        };
      }),
      // An account that the broker says nothing of is not one without a margin.
      ...assessment.accountsWithoutValues.map((account): AccountMargin => (
        { account, margin: null, netLiquidation: null, stale: anyStale }
      )),
    ],
    concentration: plain(portfolio.concentration.pct, assessment.excludedFrom("grossExposure")),
    scenarioPnl: scenarios.map((scenario) => plain(scenario.pnl, scenario.excluded)),
    dailyPnl: judged("dailyPnl"),
    drawdown: plain(assessment.drawdown),
    valueAtRisk: plain(null),
    missingGreeks: plain(assessment.missingGreeks),
  };
}
