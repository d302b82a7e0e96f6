-- What the CRM has changed after the first upload, and Wazzup does not have yet. Moments are milliseconds since 1970 (UTC).

-- One queue per connection. `generation_id`: with whose apiKey it is sent. `sequence` counts the changes that were accepted;
-- those up to `round` go before all later ones. `due_at`: null while nothing waits; while somebody has it, the end of the lease.
CREATE TABLE change_queues (
  connection_id TEXT COLLATE "C" PRIMARY KEY REFERENCES connections (id),
  generation_id TEXT COLLATE "C" NOT NULL REFERENCES generations (id),
  sequence      BIGINT NOT NULL,
  round         BIGINT NOT NULL,
  waiting       BIGINT NOT NULL,
  sent          BIGINT NOT NULL,
  rejected      BIGINT NOT NULL,
  dropped       BIGINT NOT NULL,
  reason        TEXT COLLATE "C",
  runner        TEXT COLLATE "C",
  due_at        BIGINT,
  tries         BIGINT NOT NULL
);
CREATE INDEX change_queues_of_generation ON change_queues (generation_id);
CREATE INDEX change_queues_due ON change_queues (due_at) WHERE due_at IS NOT NULL;

-- One row per id that waits. `number`: its place, by the first change of it that waits; `version`: of the last one. `stage`: its
-- place in the order of kinds and ops. Without a row it is a delete.
CREATE TABLE row_changes (
  id            TEXT COLLATE "C" NOT NULL UNIQUE,
  connection_id TEXT COLLATE "C" NOT NULL REFERENCES change_queues (connection_id),
  kind          TEXT COLLATE "C" NOT NULL CHECK (kind IN ('users', 'contacts', 'deals')),
  row_id        TEXT COLLATE "C" NOT NULL,
  stage         BIGINT NOT NULL,
  number        BIGINT NOT NULL,
  version       BIGINT NOT NULL,
  row_sealed    TEXT COLLATE "C",
  accepted_at   BIGINT NOT NULL,
  PRIMARY KEY (connection_id, kind, row_id)
);
CREATE UNIQUE INDEX row_changes_in_order ON row_changes (connection_id, number);
CREATE INDEX row_changes_by_stage ON row_changes (connection_id, stage, number);

-- What could not be sent, or not as it was: the CRM's own id and why. No name, no phone.
CREATE TABLE change_rejects (
  id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  connection_id TEXT COLLATE "C" NOT NULL REFERENCES change_queues (connection_id),
  stage         BIGINT NOT NULL,
  row_id        TEXT COLLATE "C" NOT NULL,
  reason        TEXT COLLATE "C" NOT NULL,
  rejected_at   BIGINT NOT NULL
);
CREATE INDEX change_rejects_of_connection ON change_rejects (connection_id, id);
