-- Which connections have changed, for who was away. Moments are milliseconds since 1970 (UTC).

-- The latest change of each connection. `number` grows with every change. `at`: null when the clock said less than it had said
-- before, so that nobody knows when it was.
CREATE TABLE changes (
  number        INTEGER PRIMARY KEY AUTOINCREMENT,
  connection_id TEXT NOT NULL,
  at            INTEGER
) STRICT;
CREATE INDEX changes_by_time ON changes (at);
CREATE INDEX changes_of_connection ON changes (connection_id, number);

-- In which history of this database a number counts. Each start of the service begins an epoch; `since`: the number that came
-- next then. So a file that somebody puts back does not know the numbers that were given after it was copied.
CREATE TABLE epochs (
  number        INTEGER PRIMARY KEY,
  name          TEXT NOT NULL,
  since         INTEGER NOT NULL
) STRICT;
INSERT INTO epochs (name, since) VALUES (lower(hex(randomblob(6))), 1);

-- By triggers: no operation forgets them, nor does a process of the release before. Who inserts into the view notes a change.
CREATE VIEW changed AS SELECT NULL AS connection_id;
CREATE TRIGGER changed_is_noted INSTEAD OF INSERT ON changed BEGIN
  INSERT INTO changes (connection_id, at)
  SELECT NEW.connection_id, CASE WHEN now >= (SELECT coalesce(max(at), 0) FROM changes) THEN now END
  FROM (SELECT CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) AS now);
  DELETE FROM changes WHERE connection_id = NEW.connection_id AND number < last_insert_rowid();
END;

-- What is shown of a connection itself.
CREATE TRIGGER connections_come AFTER INSERT ON connections WHEN NEW.status <> 'new' BEGIN
  INSERT INTO changed VALUES (NEW.id);
END;
CREATE TRIGGER connections_change AFTER UPDATE ON connections
WHEN (OLD.status, OLD.crm_account_name, OLD.wazzup_account_id, OLD.connected_at, OLD.invalid_since, OLD.disconnected_at)
  IS NOT (NEW.status, NEW.crm_account_name, NEW.wazzup_account_id, NEW.connected_at, NEW.invalid_since, NEW.disconnected_at)
BEGIN
  INSERT INTO changed VALUES (NEW.id);
END;

-- Which generation is the current one.
CREATE TRIGGER generations_come AFTER INSERT ON generations WHEN NEW.status = 'current' BEGIN
  INSERT INTO changed VALUES (NEW.connection_id);
END;
CREATE TRIGGER generations_change AFTER UPDATE ON generations
WHEN (OLD.status = 'current') <> (NEW.status = 'current')
BEGIN
  INSERT INTO changed VALUES (NEW.connection_id);
END;

-- The warning: why an upload, or its webhooks address, has failed.
CREATE TRIGGER uploads_come AFTER INSERT ON uploads WHEN NEW.status = 'failed' BEGIN
  INSERT INTO changed SELECT connection_id FROM generations WHERE id = NEW.generation_id;
END;
CREATE TRIGGER uploads_change AFTER UPDATE ON uploads
WHEN (OLD.status = 'failed', CASE OLD.status WHEN 'failed' THEN OLD.reason END)
  IS NOT (NEW.status = 'failed', CASE NEW.status WHEN 'failed' THEN NEW.reason END)
BEGIN
  INSERT INTO changed SELECT connection_id FROM generations WHERE id = NEW.generation_id;
END;
CREATE TRIGGER uploads_go AFTER DELETE ON uploads WHEN OLD.status = 'failed' BEGIN
  INSERT INTO changed SELECT connection_id FROM generations WHERE id = OLD.generation_id;
END;
CREATE TRIGGER upload_steps_come AFTER INSERT ON upload_steps WHEN NEW.kind = 'webhooks' AND NEW.status = 'failed' BEGIN
  INSERT INTO changed SELECT connection_id FROM generations WHERE id = NEW.generation_id;
END;
CREATE TRIGGER upload_steps_change AFTER UPDATE ON upload_steps
WHEN NEW.kind = 'webhooks' AND (OLD.status = 'failed', CASE OLD.status WHEN 'failed' THEN OLD.reason END)
  IS NOT (NEW.status = 'failed', CASE NEW.status WHEN 'failed' THEN NEW.reason END)
BEGIN
  INSERT INTO changed SELECT connection_id FROM generations WHERE id = NEW.generation_id;
END;
CREATE TRIGGER upload_steps_go AFTER DELETE ON upload_steps WHEN OLD.kind = 'webhooks' AND OLD.status = 'failed' BEGIN
  INSERT INTO changed SELECT connection_id FROM generations WHERE id = OLD.generation_id;
END;

-- When those that are there have changed is not known, so they change now.
INSERT INTO changed SELECT id FROM connections WHERE status <> 'new';
