-- What Futu reports. An order is kept as it was last; a deal keeps its number through corrections; a fee is of a whole order.
CREATE TABLE futu_raw_orders (
  account_id TEXT COLLATE "C" NOT NULL,
  order_id TEXT COLLATE "C" NOT NULL,
  market TEXT NOT NULL,
  instrument_key TEXT COLLATE "C" NOT NULL,
  quantity NUMERIC NOT NULL,
  price NUMERIC,
  filled_quantity NUMERIC,
  average_fill_price NUMERIC,
  order_type INTEGER NOT NULL,
  order_status INTEGER NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  remark TEXT,
  raw JSONB,
  PRIMARY KEY (account_id, order_id)
);

CREATE INDEX futu_raw_orders_by_time ON futu_raw_orders (account_id, updated_at);

CREATE TABLE futu_raw_deals (
  account_id TEXT COLLATE "C" NOT NULL,
  deal_id TEXT COLLATE "C" NOT NULL,
  order_id TEXT COLLATE "C",
  market TEXT NOT NULL,
  instrument_key TEXT COLLATE "C" NOT NULL,
  quantity NUMERIC NOT NULL,
  price NUMERIC NOT NULL,
  executed_at TIMESTAMPTZ NOT NULL,
  deal_status TEXT NOT NULL,
  cancelled BOOLEAN NOT NULL,
  raw JSONB,
  PRIMARY KEY (account_id, deal_id)
);

CREATE INDEX futu_raw_deals_by_time ON futu_raw_deals (account_id, executed_at);
CREATE INDEX futu_raw_deals_by_order ON futu_raw_deals (account_id, order_id, executed_at);

CREATE TABLE futu_raw_fees (
  account_id TEXT COLLATE "C" NOT NULL,
  order_id TEXT COLLATE "C" NOT NULL,
  amount NUMERIC NOT NULL,
  currency TEXT NOT NULL,
  items JSONB,
  updated_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (account_id, order_id)
);

CREATE INDEX futu_raw_fees_by_time ON futu_raw_fees (account_id, updated_at);

-- What counts: deals that were not cancelled. Those that were made before an order's fee was asked for share it by quantity;
-- of each the part up to it less the part before it, so that the parts add up to the fee. `upto` is the quantity of the order's
-- deals so far, `whole` of all of them.
CREATE VIEW futu_deals AS
SELECT account_id, deal_id, executed_at, quantity, price, market, order_id, order_ref, deal_status, instrument_key, symbol,
       underlying, asset_type, expiry, strike, option_right, multiplier, currency,
       round(fee * upto / whole, 10) - round(fee * (upto - abs(quantity)) / whole, 10) AS commission,
       fee_currency AS commission_currency
FROM (
  SELECT d.account_id, d.deal_id, d.executed_at, d.quantity, d.price, d.market, d.order_id, o.remark AS order_ref,
         d.deal_status, d.instrument_key, i.symbol, i.underlying, i.asset_type, i.expiry, i.strike, i.option_right,
         i.multiplier, i.currency, f.amount AS fee, f.currency AS fee_currency,
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
SELECT executed_at AS time, executed_at, 'IB' AS source, account_id, exec_id, quantity, price, order_id, order_ref,
       instrument_key, symbol, underlying, asset_type, expiry, strike, option_right, multiplier, currency, commission,
       commission_currency, realized_pnl
FROM ib_executions
UNION ALL
SELECT executed_at, executed_at, 'FUTU', account_id, deal_id, quantity, price, order_id, order_ref, instrument_key, symbol,
       underlying, asset_type, expiry, strike, option_right, multiplier, currency, commission, commission_currency,
       NULL::numeric
FROM futu_deals;

-- As before, now of every broker. Futu tells no realized P&L. Replaced in place, so that whoever may read it still may.
CREATE OR REPLACE VIEW realized_by_symbol_daily AS
SELECT day::timestamp AT TIME ZONE 'UTC' AS time, day, account_id, symbol, cost_currency AS currency, count(*) AS fills,
       sum(realized_pnl) AS realized_pnl, sum(commission) AS commission,
       count(*) - count(commission) AS fills_without_commission
FROM (
  SELECT account_id, symbol, (executed_at AT TIME ZONE 'UTC')::date AS day,
         COALESCE(commission_currency, currency) AS cost_currency, realized_pnl, commission
  FROM fills
) e
GROUP BY day, account_id, symbol, cost_currency;
