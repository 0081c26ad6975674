-- Everything before the watermark is stored.
CREATE TABLE sync_state (
  broker TEXT NOT NULL,
  account_id TEXT NOT NULL,
  data_type TEXT NOT NULL,
  market TEXT NOT NULL,
  watermark INTEGER,
  status TEXT NOT NULL,
  error TEXT,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (broker, account_id, data_type, market)
) STRICT;

-- The windows that a stream was read in. One that failed is read again.
CREATE TABLE sync_windows (
  broker TEXT NOT NULL,
  account_id TEXT NOT NULL,
  data_type TEXT NOT NULL,
  market TEXT NOT NULL,
  window_from INTEGER NOT NULL,
  window_to INTEGER NOT NULL,
  status TEXT NOT NULL,
  error TEXT,
  row_count INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (broker, account_id, data_type, market, window_from)
) STRICT;
