-- One row a book, an empty one too: a book without positions is not the same as no book.
CREATE TABLE position_books (
  account_id TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  snapshot_time TIMESTAMPTZ NOT NULL,
  positions BIGINT NOT NULL,
  PRIMARY KEY (account_id, source, snapshot_time)
);

CREATE TABLE position_snapshots (
  account_id TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  snapshot_time TIMESTAMPTZ NOT NULL,
  instrument_key TEXT COLLATE "C" NOT NULL,
  quantity NUMERIC NOT NULL,
  avg_price NUMERIC,
  mark NUMERIC,
  close NUMERIC,
  close_date DATE,
  market_value DOUBLE PRECISION,
  unrealized_pnl DOUBLE PRECISION,
  daily_pnl DOUBLE PRECISION,
  PRIMARY KEY (account_id, source, snapshot_time, instrument_key)
);

CREATE TABLE account_snapshots (
  account_id TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  snapshot_time TIMESTAMPTZ NOT NULL,
  currency TEXT NOT NULL,
  net_liquidation NUMERIC,
  cash NUMERIC,
  maintenance_margin NUMERIC,
  initial_margin NUMERIC,
  excess_liquidity NUMERIC,
  buying_power NUMERIC,
  equity_with_loan NUMERIC,
  gross_position_value NUMERIC,
  broker_daily_pnl NUMERIC,
  broker_unrealized_pnl NUMERIC,
  broker_realized_pnl NUMERIC,
  cash_by_currency JSONB NOT NULL,
  PRIMARY KEY (account_id, source, snapshot_time)
);

-- The figures as columns for charts; the snapshot as a whole is gzipped JSON in the table below.
CREATE TABLE risk_snapshots (
  account_id TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  snapshot_time TIMESTAMPTZ NOT NULL,
  status TEXT NOT NULL,
  simulated BOOLEAN NOT NULL,
  base_currency TEXT NOT NULL,
  unrealized_pnl DOUBLE PRECISION,
  daily_pnl DOUBLE PRECISION,
  realized_pnl DOUBLE PRECISION,
  fx_pnl DOUBLE PRECISION,
  market_value DOUBLE PRECISION,
  gross_exposure DOUBLE PRECISION,
  net_exposure DOUBLE PRECISION,
  delta DOUBLE PRECISION,
  dollar_delta DOUBLE PRECISION,
  beta_weighted_delta DOUBLE PRECISION,
  gamma_dollars_1pct DOUBLE PRECISION,
  vega DOUBLE PRECISION,
  theta DOUBLE PRECISION,
  net_liquidation DOUBLE PRECISION,
  margin_utilization DOUBLE PRECISION,
  PRIMARY KEY (account_id, source, snapshot_time)
);

CREATE TABLE risk_snapshot_documents (
  account_id TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  snapshot_time TIMESTAMPTZ NOT NULL,
  document BYTEA NOT NULL,
  PRIMARY KEY (account_id, source, snapshot_time)
);
