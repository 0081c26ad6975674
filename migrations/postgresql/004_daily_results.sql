CREATE TABLE daily_pnl (
  account_id TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  trade_date DATE NOT NULL,
  currency TEXT NOT NULL,
  daily_pnl NUMERIC,
  unrealized_pnl NUMERIC,
  realized_pnl NUMERIC,
  fx_pnl NUMERIC,
  commissions NUMERIC,
  net_liquidation NUMERIC,
  broker_daily_pnl NUMERIC,
  broker_realized_pnl NUMERIC,
  updated_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (account_id, source, trade_date)
);

CREATE TABLE position_changes (
  account_id TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  instrument_key TEXT COLLATE "C" NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL,
  quantity_before NUMERIC NOT NULL,
  quantity_after NUMERIC NOT NULL,
  avg_price_before NUMERIC,
  avg_price_after NUMERIC,
  cause TEXT NOT NULL,
  explanation TEXT,
  PRIMARY KEY (account_id, source, instrument_key, changed_at)
);

CREATE INDEX position_changes_by_time ON position_changes (account_id, changed_at);
