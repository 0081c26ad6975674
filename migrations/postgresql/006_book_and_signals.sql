-- What is true of the store as a whole: `book` says whose book it keeps, real or simulated.
CREATE TABLE store_properties (
  name TEXT COLLATE "C" NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name)
);

-- The signals that stand now.
CREATE TABLE active_signals (
  account_id TEXT COLLATE "C" NOT NULL,
  signal_id TEXT COLLATE "C" NOT NULL,
  state JSONB NOT NULL,
  PRIMARY KEY (account_id, signal_id)
);

-- Holdings whose day's result is not known and not in daily_pnl.
ALTER TABLE daily_pnl ADD COLUMN excluded BIGINT NOT NULL DEFAULT 0;

-- For whoever asks about every account: the oldest snapshots, which are the first to be deleted, and the newest.
CREATE INDEX position_books_by_time ON position_books (snapshot_time);
CREATE INDEX account_snapshots_by_time ON account_snapshots (snapshot_time);
CREATE INDEX risk_snapshots_by_time ON risk_snapshots (snapshot_time);
