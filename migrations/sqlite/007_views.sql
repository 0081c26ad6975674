-- For people with SQL or Grafana: `time` is when, as text, and a day is one of UTC. What is text elsewhere for the sake of its
-- digits is a number here. Nothing of the program reads these.

-- Of each account and source the newest book, position by position; an empty book has none.
CREATE VIEW latest_positions AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', p.snapshot_time / 1000 / 1e3, 'unixepoch') AS time, p.snapshot_time,
       p.account_id, p.source, p.instrument_key, i.symbol, i.underlying, i.asset_type, i.expiry,
       CAST(i.strike AS REAL) AS strike, i.option_right, CAST(i.multiplier AS REAL) AS multiplier, i.currency,
       CAST(p.quantity AS REAL) AS quantity, CAST(p.avg_price AS REAL) AS avg_price, CAST(p.mark AS REAL) AS mark,
       CAST(p.close AS REAL) AS close, p.close_date, p.market_value, p.unrealized_pnl, p.daily_pnl
FROM (SELECT account_id, source, max(snapshot_time) AS snapshot_time FROM position_books GROUP BY account_id, source) b
JOIN position_snapshots p ON p.account_id = b.account_id AND p.source = b.source AND p.snapshot_time = b.snapshot_time
JOIN instruments i ON i.instrument_key = p.instrument_key;

-- Every stored book, position by position.
CREATE VIEW position_history AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', p.snapshot_time / 1000 / 1e3, 'unixepoch') AS time, p.snapshot_time,
       p.account_id, p.source, p.instrument_key, i.symbol, i.underlying, i.asset_type, i.expiry,
       CAST(i.strike AS REAL) AS strike, i.option_right, CAST(i.multiplier AS REAL) AS multiplier, i.currency,
       CAST(p.quantity AS REAL) AS quantity, CAST(p.avg_price AS REAL) AS avg_price, CAST(p.mark AS REAL) AS mark,
       CAST(p.close AS REAL) AS close, p.close_date, p.market_value, p.unrealized_pnl, p.daily_pnl
FROM position_snapshots p
JOIN instruments i ON i.instrument_key = p.instrument_key;

-- Breaches that have not cleared, as they were last.
CREATE VIEW open_breaches AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', t.signal_time / 1000 / 1e3, 'unixepoch') AS time, t.account_id, t.breach_id,
       t.rule, t.scope, t.breach_severity AS severity, t.breach_state AS state, t.unit, t.seen_value AS value,
       t.seen_limit AS limit_value, t.seen_utilization AS utilization,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.opened_at / 1000 / 1e3, 'unixepoch') AS opened_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.since / 1000 / 1e3, 'unixepoch') AS since,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.acknowledged_at / 1000 / 1e3, 'unixepoch') AS acknowledged_at,
       t.acknowledged_by, t.acknowledgement_note, t.message
FROM (
  SELECT s.*, row_number() OVER (
    PARTITION BY s.account_id, s.breach_id ORDER BY s.signal_time DESC, s.recorded DESC
  ) AS age
  FROM risk_signals s
) t
WHERE t.age = 1 AND t.transition <> 'cleared';

-- Every step in the lives of breaches. Steps of one instant are in the order of `recorded`.
CREATE VIEW breach_history AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', signal_time / 1000 / 1e3, 'unixepoch') AS time, recorded, account_id, breach_id,
       rule, scope, transition, from_state, to_state, severity, unit, value, limit_value, utilization,
       strftime('%Y-%m-%dT%H:%M:%fZ', opened_at / 1000 / 1e3, 'unixepoch') AS opened_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', acknowledged_at / 1000 / 1e3, 'unixepoch') AS acknowledged_at, acknowledged_by,
       acknowledgement_note, message
FROM risk_signals;

-- Each day's result (the book's has account ALL), what the days so far add up to, and how far that is below its highest,
-- which began at 0. Days whose result is not known are not in the sum: `unknown_days` counts them.
CREATE VIEW daily_results AS
SELECT trade_date || 'T00:00:00.000Z' AS time, trade_date, account_id, source, currency, daily_pnl,
       CAST(unrealized_pnl AS REAL) AS unrealized_pnl, CAST(realized_pnl AS REAL) AS realized_pnl,
       CAST(fx_pnl AS REAL) AS fx_pnl, CAST(commissions AS REAL) AS commissions,
       CAST(net_liquidation AS REAL) AS net_liquidation, CAST(broker_daily_pnl AS REAL) AS broker_daily_pnl,
       CAST(broker_realized_pnl AS REAL) AS broker_realized_pnl, excluded,
       strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000 / 1e3, 'unixepoch') AS updated_at, cumulative_pnl,
       cumulative_pnl - max(0, max(cumulative_pnl) OVER (
         PARTITION BY account_id, source, currency ORDER BY trade_date
       )) AS drawdown,
       unknown_days
FROM (
  SELECT account_id, source, trade_date, currency, CAST(daily_pnl AS REAL) AS daily_pnl, unrealized_pnl, realized_pnl, fx_pnl,
         commissions, net_liquidation, broker_daily_pnl, broker_realized_pnl, excluded, updated_at,
         sum(CAST(daily_pnl AS REAL)) OVER days AS cumulative_pnl,
         count(*) OVER days - count(daily_pnl) OVER days AS unknown_days
  FROM daily_pnl
  WINDOW days AS (PARTITION BY account_id, source, currency ORDER BY trade_date)
);

-- The last risk row of each day.
CREATE VIEW risk_daily AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', r.snapshot_time / 1000 / 1e3, 'unixepoch') AS time, l.day, r.account_id,
       r.source, r.status, r.simulated, r.base_currency, r.unrealized_pnl, r.daily_pnl, r.realized_pnl, r.fx_pnl,
       r.market_value, r.gross_exposure, r.net_exposure, r.delta, r.dollar_delta, r.beta_weighted_delta,
       r.gamma_dollars_1pct, r.vega, r.theta, r.net_liquidation, r.margin_utilization
FROM (
  SELECT account_id, source, date(snapshot_time / 1000000, 'unixepoch') AS day, max(snapshot_time) AS snapshot_time
  FROM risk_snapshots GROUP BY account_id, source, date(snapshot_time / 1000000, 'unixepoch')
) l
JOIN risk_snapshots r ON r.account_id = l.account_id AND r.source = l.source AND r.snapshot_time = l.snapshot_time;

-- Realized P&L as the broker counts it, and commissions (positive is paid), in their own currency. Fills whose commission is
-- not known are in neither sum: `fills_without_commission` counts them.
CREATE VIEW realized_by_symbol_daily AS
SELECT day || 'T00:00:00.000Z' AS time, day, account_id, symbol, cost_currency AS currency, count(*) AS fills,
       sum(CAST(realized_pnl AS REAL)) AS realized_pnl, sum(CAST(commission AS REAL)) AS commission,
       count(*) - count(commission) AS fills_without_commission
FROM (
  SELECT account_id, symbol, date(executed_at / 1000000, 'unixepoch') AS day,
         COALESCE(commission_currency, currency) AS cost_currency, realized_pnl, commission
  FROM ib_executions
) e
GROUP BY day, account_id, symbol, cost_currency;
