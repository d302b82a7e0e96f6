-- How far each upload has got. Moments are milliseconds since 1970 (UTC).

-- `due_at`: when a worker may take it, or take it over; null once there is nothing to do. `runner`: who has it now.
-- `tries`: unusable answers in a row. `failing_since`: the first of them, or the first 429. `checked_at`: when the
-- webhooks address was last compared.
ALTER TABLE uploads ADD COLUMN reason TEXT;
ALTER TABLE uploads ADD COLUMN due_at INTEGER;
ALTER TABLE uploads ADD COLUMN runner TEXT;
ALTER TABLE uploads ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE uploads ADD COLUMN failing_since INTEGER;
ALTER TABLE uploads ADD COLUMN checked_at INTEGER;
UPDATE uploads SET due_at = created_at;
CREATE INDEX uploads_due ON uploads (due_at) WHERE due_at IS NOT NULL;

-- One row per step of the plan. `cursor`, `row_on_page` and `last_row` say where to go on; `pages` and `landmark` help
-- to notice cursors that go round.
CREATE TABLE upload_steps (
  generation_id      TEXT NOT NULL REFERENCES uploads (generation_id) ON DELETE CASCADE,
  kind               TEXT NOT NULL,
  place              INTEGER NOT NULL,
  status             TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'done_with_rejects', 'failed')),
  reason             TEXT,
  cursor             TEXT,
  row_on_page        INTEGER NOT NULL,
  last_row           TEXT,
  pages              INTEGER NOT NULL,
  landmark           TEXT,
  read               INTEGER NOT NULL,
  sent               INTEGER NOT NULL,
  rejected           INTEGER NOT NULL,
  total              INTEGER,
  started_at         INTEGER,
  ended_at           INTEGER,
  PRIMARY KEY (generation_id, kind)
) STRICT;

-- What could not be sent, or not as it was: the CRM's own id and why. No name, no phone.
CREATE TABLE upload_rejects (
  id                 INTEGER PRIMARY KEY,
  generation_id      TEXT NOT NULL REFERENCES uploads (generation_id) ON DELETE CASCADE,
  kind               TEXT NOT NULL,
  row_id             TEXT,
  position           INTEGER NOT NULL,
  reason             TEXT NOT NULL
) STRICT;
CREATE INDEX upload_rejects_by_upload ON upload_rejects (generation_id, id);

-- What is counted at every scrape of the metrics.
CREATE INDEX uploads_by_status ON uploads (status);
CREATE INDEX upload_steps_unregistered ON upload_steps (reason) WHERE kind = 'webhooks' AND status = 'failed';
