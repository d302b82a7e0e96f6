-- How far each upload has got. Moments are milliseconds since 1970 (UTC).

-- `due_at`: when a worker may take it, or take it over; null once there is nothing to do. `runner`: who has it now.
-- `tries`: unusable answers in a row. `failing_since`: the first of them, or the first 429. `checked_at`: when the
-- webhooks address was last compared.
ALTER TABLE uploads ADD COLUMN reason TEXT COLLATE "C";
ALTER TABLE uploads ADD COLUMN due_at BIGINT;
ALTER TABLE uploads ADD COLUMN runner TEXT COLLATE "C";
ALTER TABLE uploads ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE uploads ADD COLUMN failing_since BIGINT;
ALTER TABLE uploads ADD COLUMN checked_at BIGINT;
UPDATE uploads SET due_at = created_at;
CREATE INDEX uploads_due ON uploads (due_at) WHERE due_at IS NOT NULL;

-- One row per step of the plan. `cursor`, `row_on_page` and `last_row` say where to go on; `pages` and `landmark` help
-- to notice cursors that go round.
CREATE TABLE upload_steps (
  generation_id      TEXT COLLATE "C" NOT NULL REFERENCES uploads (generation_id) ON DELETE CASCADE,
  kind               TEXT COLLATE "C" NOT NULL,
  place              BIGINT NOT NULL,
  status             TEXT COLLATE "C" NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'done_with_rejects', 'failed')),
  reason             TEXT COLLATE "C",
  cursor             TEXT COLLATE "C",
  row_on_page        BIGINT NOT NULL,
  last_row           TEXT COLLATE "C",
  pages              BIGINT NOT NULL,
  landmark           TEXT COLLATE "C",
  read               BIGINT NOT NULL,
  sent               BIGINT NOT NULL,
  rejected           BIGINT NOT NULL,
  total              BIGINT,
  started_at         BIGINT,
  ended_at           BIGINT,
  PRIMARY KEY (generation_id, kind)
);

-- What could not be sent, or not as it was: the CRM's own id and why. No name, no phone.
CREATE TABLE upload_rejects (
  id                 BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  generation_id      TEXT COLLATE "C" NOT NULL REFERENCES uploads (generation_id) ON DELETE CASCADE,
  kind               TEXT COLLATE "C" NOT NULL,
  row_id             TEXT COLLATE "C",
  position           BIGINT NOT NULL,
  reason             TEXT COLLATE "C" NOT NULL
);
CREATE INDEX upload_rejects_by_upload ON upload_rejects (generation_id, id);

-- What is counted at every scrape of the metrics.
CREATE INDEX uploads_by_status ON uploads (status);
CREATE INDEX upload_steps_unregistered ON upload_steps (reason) WHERE kind = 'webhooks' AND status = 'failed';
