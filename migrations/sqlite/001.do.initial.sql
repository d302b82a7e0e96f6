-- Moments are milliseconds since 1970 (UTC). Columns named *_sealed hold JWE compact, see src/store/sealed.ts.

-- One browser's passage from the redirect to the result.
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
) STRICT;
CREATE INDEX attempts_by_expiry ON attempts (expires_at);
CREATE INDEX attempts_to_erase ON attempts (expires_at) WHERE state_sealed IS NOT NULL OR login_sealed IS NOT NULL;
CREATE INDEX attempts_without_user ON attempts (expires_at) WHERE user_id IS NULL AND status <> 'failed';

-- A CRM account bound to a Wazzup account. There is one row per CRM account, whatever happens.
CREATE TABLE connections (
  id                 TEXT PRIMARY KEY,
  crm_account_id     TEXT NOT NULL UNIQUE,
  crm_account_name   TEXT NOT NULL,
  wazzup_account_id  TEXT,
  status             TEXT NOT NULL CHECK (status IN ('new', 'connected', 'invalid', 'disconnected')),
  connected_at       INTEGER
) STRICT;

-- The keys of a connection. Every connect and reconnect makes the next generation.
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
  created_at         INTEGER NOT NULL,
  UNIQUE (connection_id, generation)
) STRICT;
CREATE UNIQUE INDEX generations_one_current ON generations (connection_id) WHERE status = 'current';
CREATE INDEX generations_by_api_key ON generations (api_key_hash) WHERE api_key_hash IS NOT NULL;
CREATE INDEX generations_by_end ON generations (resolves_until) WHERE resolves_until IS NOT NULL;

-- The exchange of one state. The row, and with it the hash of the used state, is kept for good: its primary key is
-- what makes a state end in one CRM account only and travel with one crmKey only.
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
) STRICT;
CREATE INDEX exchanges_due ON exchanges (due_at) WHERE status = 'pending';
CREATE INDEX exchanges_unsettled ON exchanges (crm_account_id) WHERE state_sealed IS NOT NULL;

-- First uploads waiting for their worker; written in the transaction that makes a connection current.
CREATE TABLE uploads (
  generation_id      TEXT PRIMARY KEY REFERENCES generations (id),
  status             TEXT NOT NULL,
  created_at         INTEGER NOT NULL
) STRICT;

-- Who did what, to which account, when, from where. Only ever appended to.
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
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

-- Every key that has sealed something here, with a value to try it on: a key that is missing or has other bytes is
-- found before anything is served.
CREATE TABLE sealing_keys (
  id                 TEXT PRIMARY KEY,
  probe_sealed       TEXT NOT NULL
) STRICT;

-- Things that may happen once over all replicas, such as the use of a hand-over token.
CREATE TABLE claims (
  key                TEXT PRIMARY KEY,
  until              INTEGER NOT NULL
) STRICT;
CREATE INDEX claims_by_end ON claims (until);

-- Login answers that came by POST, kept for the seconds until the browser is back with its cookie. One per attempt.
CREATE TABLE parked (
  attempt_id         TEXT PRIMARY KEY,
  id_hash            TEXT NOT NULL UNIQUE,
  answer_sealed      TEXT NOT NULL,
  until              INTEGER NOT NULL
) STRICT;
CREATE INDEX parked_by_end ON parked (until);
