-- What we owe to the vendor's servers. Moments are milliseconds since 1970 (UTC).

-- Each event of a connection has the next number of it.
ALTER TABLE connections ADD COLUMN event_sequence BIGINT NOT NULL DEFAULT 0;

-- `due_at`: only of the first that waits of its connection, so that they are sent in order; while somebody has it, the end of
-- the lease. `refused_since`: since when the receiver does not take it. What is over keeps no body.
CREATE TABLE deliveries (
  number        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id            TEXT COLLATE "C" NOT NULL UNIQUE,
  connection_id TEXT COLLATE "C" NOT NULL REFERENCES connections (id),
  sequence      BIGINT NOT NULL,
  type          TEXT COLLATE "C" NOT NULL,
  status        TEXT COLLATE "C" NOT NULL CHECK (status IN ('waiting', 'delivered', 'failed', 'dropped')),
  body_sealed   TEXT COLLATE "C",
  created_at    BIGINT NOT NULL,
  tries         BIGINT NOT NULL,
  reason        TEXT COLLATE "C",
  runner        TEXT COLLATE "C",
  due_at        BIGINT,
  refused_since BIGINT,
  ended_at      BIGINT
);
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_next ON deliveries (connection_id, sequence) WHERE status = 'waiting';
CREATE INDEX deliveries_of_connection ON deliveries (connection_id, number);
CREATE INDEX deliveries_ended ON deliveries (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX deliveries_open ON deliveries (status, created_at) WHERE status IN ('waiting', 'failed');
