-- Everything before the watermark is stored.
CREATE TABLE sync_state (
  broker TEXT COLLATE "C" NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  data_type TEXT COLLATE "C" NOT NULL,
  market TEXT COLLATE "C" NOT NULL,
  watermark TIMESTAMPTZ,
  status TEXT NOT NULL,
  error TEXT,
  updated_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (broker, account_id, data_type, market)
);

-- The windows that a stream was read in. One that failed is read again.
CREATE TABLE sync_windows (
  broker TEXT COLLATE "C" NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  data_type TEXT COLLATE "C" NOT NULL,
  market TEXT COLLATE "C" NOT NULL,
  window_from TIMESTAMPTZ NOT NULL,
  window_to TIMESTAMPTZ NOT NULL,
  status TEXT NOT NULL,
  error TEXT,
  row_count BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (broker, account_id, data_type, market, window_from)
);
