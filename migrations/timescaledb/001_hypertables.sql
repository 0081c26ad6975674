-- Snapshots in a chunk a day, so that old days are dropped whole and compressed apart. Time is part of every key already.
-- The books and the documents go with what they belong to: a book must not stay when its positions are gone. The rows that
-- are there move along. Their keys begin with the account and end with the time, and serve as the chunks' indexes.
SELECT create_hypertable('position_books', 'snapshot_time', chunk_time_interval => INTERVAL '1 day',
  create_default_indexes => false, migrate_data => true, if_not_exists => true);
SELECT create_hypertable('position_snapshots', 'snapshot_time', chunk_time_interval => INTERVAL '1 day',
  create_default_indexes => false, migrate_data => true, if_not_exists => true);
SELECT create_hypertable('account_snapshots', 'snapshot_time', chunk_time_interval => INTERVAL '1 day',
  create_default_indexes => false, migrate_data => true, if_not_exists => true);
SELECT create_hypertable('risk_snapshots', 'snapshot_time', chunk_time_interval => INTERVAL '1 day',
  create_default_indexes => false, migrate_data => true, if_not_exists => true);
SELECT create_hypertable('risk_snapshot_documents', 'snapshot_time', chunk_time_interval => INTERVAL '1 day',
  create_default_indexes => false, migrate_data => true, if_not_exists => true);
