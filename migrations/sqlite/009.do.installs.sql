-- Whether new customers may connect, which an operator says for all replicas. Without the row they may. Moments are milliseconds since 1970 (UTC).
CREATE TABLE installs (
  id                 INTEGER PRIMARY KEY CHECK (id = 1),
  paused             INTEGER NOT NULL CHECK (paused IN (0, 1)),
  reason             TEXT,
  changed_by         TEXT NOT NULL,
  changed_at         INTEGER NOT NULL
) STRICT;
