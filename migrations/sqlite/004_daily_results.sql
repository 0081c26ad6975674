CREATE TABLE daily_pnl (
  account_id TEXT NOT NULL,
  source TEXT NOT NULL,
  trade_date TEXT NOT NULL,
  currency TEXT NOT NULL,
  daily_pnl TEXT,
  unrealized_pnl TEXT,
  realized_pnl TEXT,
  fx_pnl TEXT,
  commissions TEXT,
  net_liquidation TEXT,
  broker_daily_pnl TEXT,
  broker_realized_pnl TEXT,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, source, trade_date)
) STRICT;

CREATE TABLE position_changes (
  account_id TEXT NOT NULL,
  source TEXT NOT NULL,
  instrument_key TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  quantity_before TEXT NOT NULL,
  quantity_after TEXT NOT NULL,
  avg_price_before TEXT,
  avg_price_after TEXT,
  cause TEXT NOT NULL,
  explanation TEXT,
  PRIMARY KEY (account_id, source, instrument_key, changed_at)
) STRICT;

CREATE INDEX position_changes_by_time ON position_changes (account_id, changed_at);
