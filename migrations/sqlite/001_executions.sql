-- Contracts, by the key that every source gives them. Rows elsewhere name them by it.
CREATE TABLE instruments (
  instrument_key TEXT NOT NULL,
  symbol TEXT NOT NULL,
  underlying TEXT NOT NULL,
  asset_type TEXT NOT NULL,
  expiry TEXT,
  strike TEXT,
  option_right TEXT,
  currency TEXT NOT NULL,
  multiplier TEXT NOT NULL,
  trading_class TEXT NOT NULL,
  exchange TEXT NOT NULL,
  local_symbol TEXT NOT NULL,
  con_id INTEGER,
  price_magnifier TEXT NOT NULL,
  min_tick TEXT,
  PRIMARY KEY (instrument_key)
) STRICT;

-- Executions as IBKR reports them. A correction is a row of its own: same root, higher number.
CREATE TABLE ib_raw_executions (
  account_id TEXT NOT NULL,
  exec_id TEXT NOT NULL,
  exec_root TEXT NOT NULL,
  correction INTEGER NOT NULL,
  instrument_key TEXT NOT NULL,
  quantity TEXT NOT NULL,
  price TEXT NOT NULL,
  executed_at INTEGER NOT NULL,
  exchange TEXT,
  order_id TEXT,
  order_ref TEXT,
  origin TEXT NOT NULL,
  raw TEXT,
  PRIMARY KEY (account_id, exec_id)
) STRICT;

CREATE INDEX ib_raw_executions_by_time ON ib_raw_executions (account_id, executed_at);

CREATE TABLE ib_raw_commissions (
  account_id TEXT NOT NULL,
  exec_id TEXT NOT NULL,
  amount TEXT NOT NULL,
  currency TEXT NOT NULL,
  realized_pnl TEXT,
  origin TEXT NOT NULL,
  raw TEXT,
  PRIMARY KEY (account_id, exec_id)
) STRICT;

-- What counts: of an execution and its corrections, the newest. Its id begins with the root, and '/' is the character
-- after '.', so that the primary key finds the corrections.
CREATE VIEW ib_executions AS
SELECT e.account_id, e.exec_id, e.correction, e.executed_at, e.quantity, e.price, e.exchange, e.order_id, e.order_ref,
       e.origin, e.instrument_key, i.symbol, i.underlying, i.asset_type, i.expiry, i.strike, i.option_right, i.multiplier,
       i.currency, c.amount AS commission, c.currency AS commission_currency, c.realized_pnl
FROM ib_raw_executions e
JOIN instruments i ON i.instrument_key = e.instrument_key
LEFT JOIN ib_raw_commissions c ON c.account_id = e.account_id AND c.exec_id = e.exec_id
WHERE NOT EXISTS (
  SELECT 1 FROM ib_raw_executions n
  WHERE n.account_id = e.account_id AND n.exec_id >= e.exec_root AND n.exec_id < e.exec_root || '/'
    AND n.exec_root = e.exec_root AND n.correction > e.correction
);
