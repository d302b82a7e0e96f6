CREATE VIEW changed AS SELECT NULL AS connection_id;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
WHEN NOT (
  NEW.user_id = '' AND NEW.user_name = '' AND NEW.address = ''
  AND NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.action = OLD.action AND NEW.generation = OLD.generation
  AND NEW.crm_account_id = OLD.crm_account_id AND NEW.wazzup_account_id IS OLD.wazzup_account_id
  AND OLD.action NOT IN ('connection.erased', 'installs.paused', 'installs.resumed')
  AND (OLD.action = 'connection.taken_over' OR NOT EXISTS (
    SELECT 1 FROM connections WHERE crm_account_id = OLD.crm_account_id AND status IN ('connected', 'invalid'))))
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit WHEN OLD.action <> 'api_key.read'
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TRIGGER changed_is_noted INSTEAD OF INSERT ON changed BEGIN
  INSERT INTO changes (connection_id, at)
  SELECT NEW.connection_id, CASE WHEN now >= (SELECT coalesce(max(at), 0) FROM changes) THEN now END
  FROM (SELECT CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) AS now);
  DELETE FROM changes WHERE connection_id = NEW.connection_id AND number < last_insert_rowid();
END;

CREATE TRIGGER connections_change AFTER UPDATE ON connections
WHEN (OLD.status, OLD.crm_account_name, OLD.wazzup_account_id, OLD.connected_at, OLD.invalid_since, OLD.disconnected_at)
  IS NOT (NEW.status, NEW.crm_account_name, NEW.wazzup_account_id, NEW.connected_at, NEW.invalid_since, NEW.disconnected_at)
BEGIN
  INSERT INTO changed VALUES (NEW.id);
END;

CREATE TRIGGER connections_come AFTER INSERT ON connections WHEN NEW.status <> 'new' BEGIN
  INSERT INTO changed VALUES (NEW.id);
END;

CREATE TRIGGER generations_change AFTER UPDATE ON generations
WHEN (OLD.status = 'current') <> (NEW.status = 'current')
BEGIN
  INSERT INTO changed VALUES (NEW.connection_id);
END;

CREATE TRIGGER generations_come AFTER INSERT ON generations WHEN NEW.status = 'current' BEGIN
  INSERT INTO changed VALUES (NEW.connection_id);
END;

CREATE TRIGGER generations_get_their_wazzup_account AFTER INSERT ON exchanges BEGIN
  UPDATE generations SET wazzup_account = NEW.wazzup_account_id
  WHERE id = NEW.generation_id AND wazzup_account IS NULL;
END;

CREATE TRIGGER looked_up_change AFTER UPDATE ON lookups BEGIN
  UPDATE look_up_version SET version = random() & 0x1fffffffffffff;
END;

CREATE TRIGGER looked_up_come AFTER INSERT ON lookups BEGIN
  UPDATE look_up_version SET version = random() & 0x1fffffffffffff;
END;

CREATE TRIGGER looked_up_go AFTER DELETE ON lookups BEGIN
  UPDATE look_up_version SET version = random() & 0x1fffffffffffff;
END;

CREATE TRIGGER lookups_are_renamed AFTER UPDATE OF crm_account_id, crm_account_name ON connections
WHEN (OLD.crm_account_id, OLD.crm_account_name) IS NOT (NEW.crm_account_id, NEW.crm_account_name)
BEGIN
  UPDATE lookups SET crm_account_id = NEW.crm_account_id, crm_account_name = NEW.crm_account_name
  WHERE crm_key_hash IN (
    SELECT unhex(crm_key_hash) FROM generations WHERE connection_id = NEW.id AND generations.status <> 'ended');
END;

CREATE TRIGGER lookups_change AFTER UPDATE OF status, resolves_until, api_key_sealed, wazzup_account ON generations
WHEN NEW.status <> 'ended' AND (OLD.status, OLD.resolves_until, OLD.api_key_sealed, OLD.wazzup_account)
  IS NOT (NEW.status, NEW.resolves_until, NEW.api_key_sealed, NEW.wazzup_account)
BEGIN
  INSERT INTO lookups (crm_key_hash, generation_id, connection_id, generation, status, resolves_until, api_key_sealed, wazzup_account,
    crm_account_id, crm_account_name)
  SELECT unhex(NEW.crm_key_hash), NEW.id, NEW.connection_id, NEW.generation, NEW.status, NEW.resolves_until, NEW.api_key_sealed,
    NEW.wazzup_account, crm_account_id, crm_account_name
  FROM connections WHERE connections.id = NEW.connection_id
  ON CONFLICT (crm_key_hash) DO UPDATE SET status = excluded.status, resolves_until = excluded.resolves_until,
    api_key_sealed = excluded.api_key_sealed, wazzup_account = excluded.wazzup_account;
END;

CREATE TRIGGER lookups_come AFTER INSERT ON generations WHEN NEW.status <> 'ended' BEGIN
  INSERT INTO lookups (crm_key_hash, generation_id, connection_id, generation, status, resolves_until, api_key_sealed, wazzup_account,
    crm_account_id, crm_account_name)
  SELECT unhex(NEW.crm_key_hash), NEW.id, NEW.connection_id, NEW.generation, NEW.status, NEW.resolves_until, NEW.api_key_sealed,
    NEW.wazzup_account, crm_account_id, crm_account_name
  FROM connections WHERE connections.id = NEW.connection_id;
END;

CREATE TRIGGER lookups_end AFTER UPDATE OF status ON generations WHEN OLD.status <> 'ended' AND NEW.status = 'ended' BEGIN
  DELETE FROM lookups WHERE crm_key_hash = unhex(OLD.crm_key_hash);
END;

CREATE TRIGGER lookups_go AFTER DELETE ON generations BEGIN
  DELETE FROM lookups WHERE crm_key_hash = unhex(OLD.crm_key_hash);
END;

CREATE TRIGGER persons_come AFTER INSERT ON exchanges WHEN NEW.user_id <> '' BEGIN
  UPDATE connections SET erased_at = NULL WHERE crm_account_id = NEW.crm_account_id AND erased_at IS NOT NULL;
END;

CREATE TRIGGER upload_steps_change AFTER UPDATE ON upload_steps
WHEN NEW.kind = 'webhooks' AND (OLD.status = 'failed', CASE OLD.status WHEN 'failed' THEN OLD.reason END)
  IS NOT (NEW.status = 'failed', CASE NEW.status WHEN 'failed' THEN NEW.reason END)
BEGIN
  INSERT INTO changed SELECT connection_id FROM generations WHERE id = NEW.generation_id;
END;

CREATE TRIGGER upload_steps_come AFTER INSERT ON upload_steps WHEN NEW.kind = 'webhooks' AND NEW.status = 'failed' BEGIN
  INSERT INTO changed SELECT connection_id FROM generations WHERE id = NEW.generation_id;
END;

CREATE TRIGGER upload_steps_go AFTER DELETE ON upload_steps WHEN OLD.kind = 'webhooks' AND OLD.status = 'failed' BEGIN
  INSERT INTO changed SELECT connection_id FROM generations WHERE id = OLD.generation_id;
END;

CREATE TRIGGER uploads_change AFTER UPDATE ON uploads
WHEN (OLD.status = 'failed', CASE OLD.status WHEN 'failed' THEN OLD.reason END)
  IS NOT (NEW.status = 'failed', CASE NEW.status WHEN 'failed' THEN NEW.reason END)
BEGIN
  INSERT INTO changed SELECT connection_id FROM generations WHERE id = NEW.generation_id;
END;

CREATE TRIGGER uploads_come AFTER INSERT ON uploads WHEN NEW.status = 'failed' BEGIN
  INSERT INTO changed SELECT connection_id FROM generations WHERE id = NEW.generation_id;
END;

CREATE TRIGGER uploads_go AFTER DELETE ON uploads WHEN OLD.status = 'failed' BEGIN
  INSERT INTO changed SELECT connection_id FROM generations WHERE id = OLD.generation_id;
END;

CREATE TABLE attempts (
  id                 TEXT PRIMARY KEY,
  state_hash         TEXT NOT NULL,
  state_sealed       TEXT,
  browser_hash       TEXT NOT NULL,
  status             TEXT NOT NULL CHECK (status IN ('arrived', 'identifying', 'identified', 'confirmed', 'cancelled', 'failed')),
  reason             TEXT,
  login_sealed       TEXT,
  user_id            TEXT,
  user_name          TEXT,
  crm_account_id     TEXT,
  crm_account_name   TEXT,
  role               TEXT,
  wazzup_account_id  TEXT,
  created_at         INTEGER NOT NULL,
  expires_at         INTEGER NOT NULL
, support_id TEXT, steps TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE audit (
  id                 INTEGER PRIMARY KEY,
  at                 INTEGER NOT NULL,
  action             TEXT NOT NULL,
  user_id            TEXT NOT NULL,
  user_name          TEXT NOT NULL,
  crm_account_id     TEXT NOT NULL,
  wazzup_account_id  TEXT,
  generation         INTEGER NOT NULL,
  address            TEXT NOT NULL
) STRICT;

CREATE TABLE change_queues (
  connection_id TEXT PRIMARY KEY REFERENCES connections (id),
  generation_id TEXT NOT NULL REFERENCES generations (id),
  sequence      INTEGER NOT NULL,
  round         INTEGER NOT NULL,
  waiting       INTEGER NOT NULL,
  sent          INTEGER NOT NULL,
  rejected      INTEGER NOT NULL,
  dropped       INTEGER NOT NULL,
  reason        TEXT,
  runner        TEXT,
  due_at        INTEGER,
  tries         INTEGER NOT NULL
) STRICT;

CREATE TABLE change_rejects (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  connection_id TEXT NOT NULL REFERENCES change_queues (connection_id),
  stage         INTEGER NOT NULL,
  row_id        TEXT NOT NULL,
  reason        TEXT NOT NULL,
  rejected_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE changes (
  number        INTEGER PRIMARY KEY AUTOINCREMENT,
  connection_id TEXT NOT NULL,
  at            INTEGER
) STRICT;

CREATE TABLE claims (
  key                TEXT PRIMARY KEY,
  until              INTEGER NOT NULL
) STRICT;

CREATE TABLE connections (
  id                 TEXT PRIMARY KEY,
  crm_account_id     TEXT NOT NULL UNIQUE,
  crm_account_name   TEXT NOT NULL,
  wazzup_account_id  TEXT,
  status             TEXT NOT NULL CHECK (status IN ('new', 'connected', 'invalid', 'disconnected')),
  connected_at       INTEGER
, invalid_since INTEGER, disconnected_at INTEGER, probed_at INTEGER, probe_runner TEXT, probe_until INTEGER, event_sequence INTEGER NOT NULL DEFAULT 0, erased_at INTEGER) STRICT;

CREATE TABLE deliveries (
  number        INTEGER PRIMARY KEY AUTOINCREMENT,
  id            TEXT NOT NULL UNIQUE,
  connection_id TEXT NOT NULL REFERENCES connections (id),
  sequence      INTEGER NOT NULL,
  type          TEXT NOT NULL,
  status        TEXT NOT NULL CHECK (status IN ('waiting', 'delivered', 'failed', 'dropped')),
  body_sealed   TEXT,
  created_at    INTEGER NOT NULL,
  tries         INTEGER NOT NULL,
  reason        TEXT,
  runner        TEXT,
  due_at        INTEGER,
  refused_since INTEGER,
  ended_at      INTEGER
) STRICT;

CREATE TABLE epochs (
  number        INTEGER PRIMARY KEY,
  name          TEXT NOT NULL,
  since         INTEGER NOT NULL
) STRICT;

CREATE TABLE exchanges (
  state_hash         TEXT PRIMARY KEY,
  state_sealed       TEXT,
  name               TEXT NOT NULL,
  crm_account_id     TEXT NOT NULL,
  crm_account_name   TEXT NOT NULL,
  wazzup_account_id  TEXT,
  generation_id      TEXT NOT NULL UNIQUE REFERENCES generations (id),
  attempt_id         TEXT NOT NULL,
  user_id            TEXT NOT NULL,
  user_name          TEXT NOT NULL,
  address            TEXT NOT NULL,
  status             TEXT NOT NULL CHECK (status IN ('pending', 'connected', 'failed')),
  reason             TEXT,
  in_flight          INTEGER NOT NULL,
  maybe_answered     INTEGER NOT NULL,
  tries              INTEGER NOT NULL,
  due_at             INTEGER NOT NULL,
  created_at         INTEGER NOT NULL
, runner TEXT, support_id TEXT, steps TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE generations (
  id                 TEXT PRIMARY KEY,
  connection_id      TEXT NOT NULL REFERENCES connections (id),
  generation         INTEGER NOT NULL,
  status             TEXT NOT NULL CHECK (status IN ('pending', 'current', 'previous', 'abandoned', 'ended')),
  crm_key_hash       TEXT NOT NULL UNIQUE,
  crm_key_sealed     TEXT,
  api_key_hash       TEXT,
  api_key_sealed     TEXT,
  resolves_until     INTEGER,
  created_at         INTEGER NOT NULL, kept_key_hash TEXT, kept_key_sealed TEXT, wazzup_account TEXT,
  UNIQUE (connection_id, generation)
) STRICT;

CREATE TABLE health_writes (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  written_at INTEGER NOT NULL
) STRICT;

CREATE TABLE installs (
  id                 INTEGER PRIMARY KEY CHECK (id = 1),
  paused             INTEGER NOT NULL CHECK (paused IN (0, 1)),
  reason             TEXT,
  changed_by         TEXT NOT NULL,
  changed_at         INTEGER NOT NULL
) STRICT;

CREATE TABLE look_up_version (
  only          INTEGER PRIMARY KEY CHECK (only = 1),
  version       INTEGER NOT NULL
) STRICT;

CREATE TABLE lookups (
  crm_key_hash      BLOB PRIMARY KEY,
  generation_id     TEXT NOT NULL,
  connection_id     TEXT NOT NULL,
  generation        INTEGER NOT NULL,
  status            TEXT NOT NULL,
  resolves_until    INTEGER,
  api_key_sealed    TEXT,
  wazzup_account    TEXT,
  crm_account_id    TEXT NOT NULL,
  crm_account_name  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE migrations (
            version INTEGER PRIMARY KEY
          , name TEXT, md5 TEXT, run_at TIMESTAMP WITH TIME ZONE);

CREATE TABLE parked (
  attempt_id         TEXT PRIMARY KEY,
  id_hash            TEXT NOT NULL UNIQUE,
  answer_sealed      TEXT NOT NULL,
  until              INTEGER NOT NULL
) STRICT;

CREATE TABLE row_changes (
  id            TEXT NOT NULL UNIQUE,
  connection_id TEXT NOT NULL REFERENCES change_queues (connection_id),
  kind          TEXT NOT NULL CHECK (kind IN ('users', 'contacts', 'deals')),
  row_id        TEXT NOT NULL,
  stage         INTEGER NOT NULL,
  number        INTEGER NOT NULL,
  version       INTEGER NOT NULL,
  row_sealed    TEXT,
  accepted_at   INTEGER NOT NULL,
  PRIMARY KEY (connection_id, kind, row_id)
) STRICT;

CREATE TABLE sealing_keys (
  id                 TEXT PRIMARY KEY,
  probe_sealed       TEXT NOT NULL
) STRICT;

CREATE TABLE switch_offs (
  generation_id      TEXT PRIMARY KEY REFERENCES generations (id),
  wazzup_account_id  TEXT,
  api_key_sealed     TEXT NOT NULL,
  cause              TEXT NOT NULL CHECK (cause IN ('disconnected', 'moved', 'late')),
  tries              INTEGER NOT NULL,
  runner             TEXT,
  due_at             INTEGER NOT NULL,
  give_up_at         INTEGER NOT NULL
) STRICT;

CREATE TABLE upload_rejects (
  id                 INTEGER PRIMARY KEY,
  generation_id      TEXT NOT NULL REFERENCES uploads (generation_id) ON DELETE CASCADE,
  kind               TEXT NOT NULL,
  row_id             TEXT,
  position           INTEGER NOT NULL,
  reason             TEXT NOT NULL
) STRICT;

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

CREATE TABLE uploads (
  generation_id      TEXT PRIMARY KEY REFERENCES generations (id),
  status             TEXT NOT NULL,
  created_at         INTEGER NOT NULL
, reason TEXT, due_at INTEGER, runner TEXT, tries INTEGER NOT NULL DEFAULT 0, failing_since INTEGER, checked_at INTEGER, check_runner TEXT, check_until INTEGER) STRICT;

CREATE INDEX attempts_by_expiry ON attempts (expires_at);

CREATE INDEX attempts_by_support_id ON attempts (support_id) WHERE support_id IS NOT NULL;

CREATE INDEX attempts_of_account ON attempts (crm_account_id) WHERE crm_account_id IS NOT NULL;

CREATE INDEX attempts_of_nobody ON attempts (expires_at) WHERE user_id IS NULL;

CREATE INDEX attempts_to_erase ON attempts (expires_at) WHERE state_sealed IS NOT NULL OR login_sealed IS NOT NULL;

CREATE INDEX attempts_without_support_id ON attempts (id) WHERE support_id IS NULL;

CREATE INDEX audit_by_account ON audit (crm_account_id, id);

CREATE INDEX audit_reads ON audit (at) WHERE action = 'api_key.read';

CREATE INDEX audit_taken_over ON audit (at) WHERE action = 'connection.taken_over';

CREATE INDEX change_queues_due ON change_queues (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX change_queues_of_generation ON change_queues (generation_id);

CREATE INDEX change_rejects_of_connection ON change_rejects (connection_id, id);

CREATE INDEX changes_by_time ON changes (at);

CREATE INDEX changes_of_connection ON changes (connection_id, number);

CREATE INDEX claims_by_end ON claims (until);

CREATE INDEX connections_being_probed ON connections (probe_until) WHERE probe_until IS NOT NULL;

CREATE INDEX connections_by_status ON connections (status, crm_account_id);

CREATE INDEX connections_to_erase ON connections (coalesce(disconnected_at, 0))
  WHERE erased_at IS NULL AND status IN ('disconnected', 'new');

CREATE INDEX connections_to_probe ON connections (probed_at) WHERE status IN ('connected', 'invalid');

CREATE INDEX connections_told ON connections (id, crm_account_id, crm_account_name, wazzup_account_id);

CREATE INDEX deliveries_due ON deliveries (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX deliveries_next ON deliveries (connection_id, sequence) WHERE status = 'waiting';

CREATE INDEX deliveries_not_delivered ON deliveries (status, number) WHERE status IN ('waiting', 'failed', 'dropped');

CREATE INDEX deliveries_of_connection ON deliveries (connection_id, number);

CREATE INDEX deliveries_over ON deliveries (status, ended_at) WHERE ended_at IS NOT NULL;

CREATE INDEX deliveries_taken_late ON deliveries (ended_at) WHERE status = 'delivered' AND refused_since IS NOT NULL;

CREATE INDEX exchanges_by_support_id ON exchanges (support_id) WHERE support_id IS NOT NULL;

CREATE INDEX exchanges_due ON exchanges (due_at) WHERE status = 'pending';

CREATE INDEX exchanges_in_flight ON exchanges (crm_account_id) WHERE in_flight = 1;

CREATE INDEX exchanges_unsettled ON exchanges (crm_account_id) WHERE state_sealed IS NOT NULL;

CREATE INDEX exchanges_without_support_id ON exchanges (attempt_id) WHERE support_id IS NULL;

CREATE INDEX generations_by_api_key ON generations (api_key_hash) WHERE api_key_hash IS NOT NULL;

CREATE INDEX generations_by_end ON generations (resolves_until) WHERE resolves_until IS NOT NULL;

CREATE INDEX generations_found ON generations
  (crm_key_hash, status, resolves_until, id, connection_id, generation, api_key_sealed) WHERE status <> 'ended';

CREATE INDEX generations_kept ON generations (id) WHERE kept_key_sealed IS NOT NULL;

CREATE INDEX generations_of_wazzup_account ON generations (wazzup_account) WHERE status = 'current';

CREATE UNIQUE INDEX generations_one_current ON generations (connection_id) WHERE status = 'current';

CREATE UNIQUE INDEX generations_one_holder ON generations (api_key_hash) WHERE status = 'current';

CREATE INDEX parked_by_end ON parked (until);

CREATE INDEX row_changes_by_stage ON row_changes (connection_id, stage, number);

CREATE INDEX switch_offs_due ON switch_offs (due_at);

CREATE INDEX upload_rejects_by_upload ON upload_rejects (generation_id, id);

CREATE INDEX upload_steps_unregistered ON upload_steps (reason) WHERE kind = 'webhooks' AND status = 'failed';

CREATE INDEX uploads_being_checked ON uploads (check_until) WHERE check_until IS NOT NULL;

CREATE INDEX uploads_by_status ON uploads (status);

CREATE INDEX uploads_due ON uploads (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX uploads_to_check ON uploads (checked_at) WHERE due_at IS NULL;
