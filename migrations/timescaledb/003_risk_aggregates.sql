-- Risk by the hour and by the day (both in UTC), which stay when the snapshots are dropped. A snapshot taken before the first
-- whole view says nothing and is left out. What is newer than the last refresh is computed when it is read.
CREATE MATERIALIZED VIEW risk_by_hour WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT account_id, source, base_currency, time_bucket(INTERVAL '1 hour', snapshot_time) AS hour,
  count(*) AS snapshots,
  count(*) FILTER (WHERE status = 'complete') AS complete_snapshots,
  last(daily_pnl, snapshot_time) AS daily_pnl,
    min(daily_pnl) AS lowest_daily_pnl, max(daily_pnl) AS highest_daily_pnl,
  last(unrealized_pnl, snapshot_time) AS unrealized_pnl,
    min(unrealized_pnl) AS lowest_unrealized_pnl, max(unrealized_pnl) AS highest_unrealized_pnl,
  last(net_liquidation, snapshot_time) AS net_liquidation,
    min(net_liquidation) AS lowest_net_liquidation, max(net_liquidation) AS highest_net_liquidation,
  last(gross_exposure, snapshot_time) AS gross_exposure,
    min(gross_exposure) AS lowest_gross_exposure, max(gross_exposure) AS highest_gross_exposure,
  last(dollar_delta, snapshot_time) AS dollar_delta,
    min(dollar_delta) AS lowest_dollar_delta, max(dollar_delta) AS highest_dollar_delta,
  last(beta_weighted_delta, snapshot_time) AS beta_weighted_delta,
    min(beta_weighted_delta) AS lowest_beta_weighted_delta, max(beta_weighted_delta) AS highest_beta_weighted_delta,
  last(gamma_dollars_1pct, snapshot_time) AS gamma_dollars_1pct,
    min(gamma_dollars_1pct) AS lowest_gamma_dollars_1pct, max(gamma_dollars_1pct) AS highest_gamma_dollars_1pct,
  last(vega, snapshot_time) AS vega,
    min(vega) AS lowest_vega, max(vega) AS highest_vega,
  last(theta, snapshot_time) AS theta,
  last(margin_utilization, snapshot_time) AS margin_utilization,
    min(margin_utilization) AS lowest_margin_utilization, max(margin_utilization) AS highest_margin_utilization
FROM risk_snapshots WHERE status <> 'starting'
GROUP BY account_id, source, base_currency, hour
WITH NO DATA;

CREATE MATERIALIZED VIEW risk_by_day WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT account_id, source, base_currency, time_bucket(INTERVAL '1 day', snapshot_time) AS day,
  count(*) AS snapshots,
  count(*) FILTER (WHERE status = 'complete') AS complete_snapshots,
  last(daily_pnl, snapshot_time) AS daily_pnl,
    min(daily_pnl) AS lowest_daily_pnl, max(daily_pnl) AS highest_daily_pnl,
  last(unrealized_pnl, snapshot_time) AS unrealized_pnl,
    min(unrealized_pnl) AS lowest_unrealized_pnl, max(unrealized_pnl) AS highest_unrealized_pnl,
  last(net_liquidation, snapshot_time) AS net_liquidation,
    min(net_liquidation) AS lowest_net_liquidation, max(net_liquidation) AS highest_net_liquidation,
  last(gross_exposure, snapshot_time) AS gross_exposure,
    min(gross_exposure) AS lowest_gross_exposure, max(gross_exposure) AS highest_gross_exposure,
  last(dollar_delta, snapshot_time) AS dollar_delta,
    min(dollar_delta) AS lowest_dollar_delta, max(dollar_delta) AS highest_dollar_delta,
  last(beta_weighted_delta, snapshot_time) AS beta_weighted_delta,
    min(beta_weighted_delta) AS lowest_beta_weighted_delta, max(beta_weighted_delta) AS highest_beta_weighted_delta,
  last(gamma_dollars_1pct, snapshot_time) AS gamma_dollars_1pct,
    min(gamma_dollars_1pct) AS lowest_gamma_dollars_1pct, max(gamma_dollars_1pct) AS highest_gamma_dollars_1pct,
  last(vega, snapshot_time) AS vega,
    min(vega) AS lowest_vega, max(vega) AS highest_vega,
  last(theta, snapshot_time) AS theta,
  last(margin_utilization, snapshot_time) AS margin_utilization,
    min(margin_utilization) AS lowest_margin_utilization, max(margin_utilization) AS highest_margin_utilization
FROM risk_snapshots WHERE status <> 'starting'
GROUP BY account_id, source, base_currency, day
WITH NO DATA;
