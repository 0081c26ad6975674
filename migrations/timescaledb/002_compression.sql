-- Days older than a week are compressed. Rows of one account and source lie together in the order of time, so that a book, or
-- a late row, opens no more than the thousand rows around it. The documents are gzipped already, and the books are few.
ALTER TABLE position_snapshots SET (
  timescaledb.compress,
  timescaledb.compress_segmentby = 'account_id, source',
  timescaledb.compress_orderby = 'snapshot_time, instrument_key'
);
ALTER TABLE account_snapshots SET (
  timescaledb.compress,
  timescaledb.compress_segmentby = 'account_id, source',
  timescaledb.compress_orderby = 'snapshot_time'
);
ALTER TABLE risk_snapshots SET (
  timescaledb.compress,
  timescaledb.compress_segmentby = 'account_id, source',
  timescaledb.compress_orderby = 'snapshot_time'
);
SELECT add_compression_policy('position_snapshots', INTERVAL '7 days', if_not_exists => true);
SELECT add_compression_policy('account_snapshots', INTERVAL '7 days', if_not_exists => true);
SELECT add_compression_policy('risk_snapshots', INTERVAL '7 days', if_not_exists => true);
