-- Whether new customers may connect, which an operator says for all replicas. Without the row they may. Moments are milliseconds since 1970 (UTC).
CREATE TABLE installs (
  id                 BIGINT PRIMARY KEY CHECK (id = 1),
  paused             BIGINT NOT NULL CHECK (paused IN (0, 1)),
  reason             TEXT COLLATE "C",
  changed_by         TEXT COLLATE "C" NOT NULL,
  changed_at         BIGINT NOT NULL
);
