-- Each step in the life of a breach. `recorded` tells steps of one instant in their order. The columns seen_* are the limit as
-- it stood after the step, from which the breach is restored.
CREATE TABLE risk_signals (
  recorded INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id TEXT NOT NULL,
  breach_id TEXT NOT NULL,
  signal_time INTEGER NOT NULL,
  transition TEXT NOT NULL,
  rule TEXT NOT NULL,
  scope TEXT,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  severity TEXT NOT NULL,
  value REAL,
  limit_value REAL,
  utilization REAL,
  message TEXT NOT NULL,
  unit TEXT NOT NULL,
  seen_value REAL,
  seen_limit REAL,
  seen_low REAL,
  seen_high REAL,
  seen_utilization REAL,
  seen_state TEXT NOT NULL,
  seen_partial INTEGER NOT NULL,
  seen_stale INTEGER NOT NULL,
  seen_modelled INTEGER NOT NULL,
  breach_severity TEXT NOT NULL,
  breach_state TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  since INTEGER NOT NULL,
  unacknowledged_since INTEGER NOT NULL,
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  acknowledgement_note TEXT,
  UNIQUE (account_id, breach_id, signal_time, transition)
) STRICT;

CREATE INDEX risk_signals_by_time ON risk_signals (account_id, signal_time);

-- The highest profit of each trade held now.
CREATE TABLE trailing_peaks (
  account_id TEXT NOT NULL,
  trade_key TEXT NOT NULL,
  profit REAL NOT NULL,
  size TEXT NOT NULL,
  side INTEGER NOT NULL,
  PRIMARY KEY (account_id, trade_key)
) STRICT;
