-- Each step in the life of a breach. `recorded` tells steps of one instant in their order. The columns seen_* are the limit as
-- it stood after the step, from which the breach is restored.
CREATE TABLE risk_signals (
  recorded BIGINT GENERATED ALWAYS AS IDENTITY,
  account_id TEXT COLLATE "C" NOT NULL,
  breach_id TEXT COLLATE "C" NOT NULL,
  signal_time TIMESTAMPTZ NOT NULL,
  transition TEXT COLLATE "C" NOT NULL,
  rule TEXT NOT NULL,
  scope TEXT,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  severity TEXT NOT NULL,
  value DOUBLE PRECISION,
  limit_value DOUBLE PRECISION,
  utilization DOUBLE PRECISION,
  message TEXT NOT NULL,
  unit TEXT NOT NULL,
  seen_value DOUBLE PRECISION,
  seen_limit DOUBLE PRECISION,
  seen_low DOUBLE PRECISION,
  seen_high DOUBLE PRECISION,
  seen_utilization DOUBLE PRECISION,
  seen_state TEXT NOT NULL,
  seen_partial BIGINT NOT NULL,
  seen_stale BOOLEAN NOT NULL,
  seen_modelled BOOLEAN NOT NULL,
  breach_severity TEXT NOT NULL,
  breach_state TEXT NOT NULL,
  opened_at TIMESTAMPTZ NOT NULL,
  since TIMESTAMPTZ NOT NULL,
  unacknowledged_since TIMESTAMPTZ NOT NULL,
  acknowledged_at TIMESTAMPTZ,
  acknowledged_by TEXT,
  acknowledgement_note TEXT,
  PRIMARY KEY (account_id, breach_id, signal_time, transition)
);

CREATE INDEX risk_signals_by_time ON risk_signals (account_id, signal_time);

-- The highest profit of each trade held now.
CREATE TABLE trailing_peaks (
  account_id TEXT COLLATE "C" NOT NULL,
  trade_key TEXT COLLATE "C" NOT NULL,
  profit DOUBLE PRECISION NOT NULL,
  size NUMERIC NOT NULL,
  side BIGINT NOT NULL,
  PRIMARY KEY (account_id, trade_key)
);
