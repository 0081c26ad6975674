-- One row a book, an empty one too: a book without positions is not the same as no book.
CREATE TABLE position_books (
  account_id TEXT NOT NULL,
  source TEXT NOT NULL,
  snapshot_time INTEGER NOT NULL,
  positions INTEGER NOT NULL,
  PRIMARY KEY (account_id, source, snapshot_time)
) STRICT;

CREATE TABLE position_snapshots (
  account_id TEXT NOT NULL,
  source TEXT NOT NULL,
  snapshot_time INTEGER NOT NULL,
  instrument_key TEXT NOT NULL,
  quantity TEXT NOT NULL,
  avg_price TEXT,
  mark TEXT,
  close TEXT,
  close_date TEXT,
  market_value REAL,
  unrealized_pnl REAL,
  daily_pnl REAL,
  PRIMARY KEY (account_id, source, snapshot_time, instrument_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_snapshots (
  account_id TEXT NOT NULL,
  source TEXT NOT NULL,
  snapshot_time INTEGER NOT NULL,
  currency TEXT NOT NULL,
  net_liquidation TEXT,
  cash TEXT,
  maintenance_margin TEXT,
  initial_margin TEXT,
  excess_liquidity TEXT,
  buying_power TEXT,
  equity_with_loan TEXT,
  gross_position_value TEXT,
  broker_daily_pnl TEXT,
  broker_unrealized_pnl TEXT,
  broker_realized_pnl TEXT,
  cash_by_currency TEXT NOT NULL,
  PRIMARY KEY (account_id, source, snapshot_time)
) STRICT;

-- The figures as columns for charts; the snapshot as a whole is gzipped JSON in the table below.
CREATE TABLE risk_snapshots (
  account_id TEXT NOT NULL,
  source TEXT NOT NULL,
  snapshot_time INTEGER NOT NULL,
  status TEXT NOT NULL,
  simulated INTEGER NOT NULL,
  base_currency TEXT NOT NULL,
  unrealized_pnl REAL,
  daily_pnl REAL,
  realized_pnl REAL,
  fx_pnl REAL,
  market_value REAL,
  gross_exposure REAL,
  net_exposure REAL,
  delta REAL,
  dollar_delta REAL,
  beta_weighted_delta REAL,
  gamma_dollars_1pct REAL,
  vega REAL,
  theta REAL,
  net_liquidation REAL,
  margin_utilization REAL,
  PRIMARY KEY (account_id, source, snapshot_time)
) STRICT;

CREATE TABLE risk_snapshot_documents (
  account_id TEXT NOT NULL,
  source TEXT NOT NULL,
  snapshot_time INTEGER NOT NULL,
  document BLOB NOT NULL,
  PRIMARY KEY (account_id, source, snapshot_time)
) STRICT;
