-- What Futu reports. An order is kept as it was last; a deal keeps its number through corrections; a fee is of a whole order.
CREATE TABLE futu_raw_orders (
  account_id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  market TEXT NOT NULL,
  instrument_key TEXT NOT NULL,
  quantity TEXT NOT NULL,
  price TEXT,
  filled_quantity TEXT,
  average_fill_price TEXT,
  order_type INTEGER NOT NULL,
  order_status INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  remark TEXT,
  raw TEXT,
  PRIMARY KEY (account_id, order_id)
) STRICT;

CREATE INDEX futu_raw_orders_by_time ON futu_raw_orders (account_id, updated_at);

CREATE TABLE futu_raw_deals (
  account_id TEXT NOT NULL,
  deal_id TEXT NOT NULL,
  order_id TEXT,
  market TEXT NOT NULL,
  instrument_key TEXT NOT NULL,
  quantity TEXT NOT NULL,
  price TEXT NOT NULL,
  executed_at INTEGER NOT NULL,
  deal_status TEXT NOT NULL,
  cancelled INTEGER NOT NULL,
  raw TEXT,
  PRIMARY KEY (account_id, deal_id)
) STRICT;

CREATE INDEX futu_raw_deals_by_time ON futu_raw_deals (account_id, executed_at);
CREATE INDEX futu_raw_deals_by_order ON futu_raw_deals (account_id, order_id, executed_at);

CREATE TABLE futu_raw_fees (
  account_id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  amount TEXT NOT NULL,
  currency TEXT NOT NULL,
  items TEXT,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, order_id)
) STRICT;

CREATE INDEX futu_raw_fees_by_time ON futu_raw_fees (account_id, updated_at);

-- What counts: deals that were not cancelled. Those that were made before an order's fee was asked for share it by quantity;
-- of each the part up to it less the part before it, so that the parts add up to the fee. `upto` is the quantity of the order's
-- deals so far, `whole` of all of them.
CREATE VIEW futu_deals AS
SELECT account_id, deal_id, executed_at, quantity, price, market, order_id, order_ref, deal_status, instrument_key, symbol,
       underlying, asset_type, expiry, strike, option_right, multiplier, currency,
       round(round(fee * upto / whole, 10) - round(fee * (upto - abs(quantity)) / whole, 10), 10) AS commission,
       fee_currency AS commission_currency
FROM (
  SELECT d.account_id, d.deal_id, d.executed_at, d.quantity, d.price, d.market, d.order_id, o.remark AS order_ref,
         d.deal_status, d.instrument_key, i.symbol, i.underlying, i.asset_type, i.expiry, i.strike, i.option_right,
         i.multiplier, i.currency, CAST(f.amount AS REAL) AS fee, f.currency AS fee_currency,
         sum(abs(d.quantity)) OVER (
           PARTITION BY d.account_id, d.order_id, f.order_id ORDER BY d.executed_at, d.deal_id
         ) AS upto,
         nullif(sum(abs(d.quantity)) OVER (PARTITION BY d.account_id, d.order_id, f.order_id), 0) AS whole
  FROM futu_raw_deals d
  JOIN instruments i ON i.instrument_key = d.instrument_key
  LEFT JOIN futu_raw_orders o ON o.account_id = d.account_id AND o.order_id = d.order_id
  LEFT JOIN futu_raw_fees f ON f.account_id = d.account_id AND f.order_id = d.order_id AND f.updated_at >= d.executed_at
  WHERE d.deal_status <> 'CANCELLED'
) s;

-- The current fills of every broker.
CREATE VIEW fills AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', executed_at / 1000 / 1e3, 'unixepoch') AS time, executed_at, source, account_id,
       exec_id, CAST(quantity AS REAL) AS quantity, CAST(price AS REAL) AS price, order_id, order_ref, instrument_key,
       symbol, underlying, asset_type, expiry, CAST(strike AS REAL) AS strike, option_right,
       CAST(multiplier AS REAL) AS multiplier, currency, CAST(commission AS REAL) AS commission, commission_currency,
       CAST(realized_pnl AS REAL) AS realized_pnl
FROM (
  SELECT 'IB' AS source, account_id, exec_id, executed_at, quantity, price, order_id, order_ref, instrument_key, symbol,
         underlying, asset_type, expiry, strike, option_right, multiplier, currency, commission, commission_currency,
         realized_pnl
  FROM ib_executions
  UNION ALL
  SELECT 'FUTU' AS source, account_id, deal_id, executed_at, quantity, price, order_id, order_ref, instrument_key, symbol,
         underlying, asset_type, expiry, strike, option_right, multiplier, currency, commission, commission_currency, NULL
  FROM futu_deals
) e;

-- As before, now of every broker. Futu tells no realized P&L.
DROP VIEW realized_by_symbol_daily;
CREATE VIEW realized_by_symbol_daily AS
SELECT day || 'T00:00:00.000Z' AS time, day, account_id, symbol, cost_currency AS currency, count(*) AS fills,
       sum(realized_pnl) AS realized_pnl, sum(commission) AS commission,
       count(*) - count(commission) AS fills_without_commission
FROM (
  SELECT account_id, symbol, date(executed_at / 1000000, 'unixepoch') AS day,
         COALESCE(commission_currency, currency) AS cost_currency, realized_pnl, commission
  FROM fills
) e
GROUP BY day, account_id, symbol, cost_currency;
