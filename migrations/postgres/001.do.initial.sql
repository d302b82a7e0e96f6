-- Texts compare by their bytes, as in SQLite. Moments are milliseconds since 1970 (UTC). Columns named *_sealed hold JWE compact, see src/store/sealed.ts.

-- One browser's passage from the redirect to the result.
CREATE TABLE attempts (
  id                 TEXT COLLATE "C" PRIMARY KEY,
  state_hash         TEXT COLLATE "C" NOT NULL,
  state_sealed       TEXT COLLATE "C",
  browser_hash       TEXT COLLATE "C" NOT NULL,
  status             TEXT COLLATE "C" NOT NULL CHECK (status IN ('arrived', 'identifying', 'identified', 'confirmed', 'cancelled', 'failed')),
  reason             TEXT COLLATE "C",
  login_sealed       TEXT COLLATE "C",
  user_id            TEXT COLLATE "C",
  user_name          TEXT COLLATE "C",
  crm_account_id     TEXT COLLATE "C",
  crm_account_name   TEXT COLLATE "C",
  role               TEXT COLLATE "C",
  wazzup_account_id  TEXT COLLATE "C",
  created_at         BIGINT NOT NULL,
  expires_at         BIGINT NOT NULL
);
CREATE INDEX attempts_by_expiry ON attempts (expires_at);
CREATE INDEX attempts_to_erase ON attempts (expires_at) WHERE state_sealed IS NOT NULL OR login_sealed IS NOT NULL;
CREATE INDEX attempts_without_user ON attempts (expires_at) WHERE user_id IS NULL AND status <> 'failed';

-- A CRM account bound to a Wazzup account. There is one row per CRM account, whatever happens.
CREATE TABLE connections (
  id                 TEXT COLLATE "C" PRIMARY KEY,
  crm_account_id     TEXT COLLATE "C" NOT NULL UNIQUE,
  crm_account_name   TEXT COLLATE "C" NOT NULL,
  wazzup_account_id  TEXT COLLATE "C",
  status             TEXT COLLATE "C" NOT NULL CHECK (status IN ('new', 'connected', 'invalid', 'disconnected')),
  connected_at       BIGINT
);

-- The keys of a connection. Every connect and reconnect makes the next generation.
CREATE TABLE generations (
  id                 TEXT COLLATE "C" PRIMARY KEY,
  connection_id      TEXT COLLATE "C" NOT NULL REFERENCES connections (id),
  generation         BIGINT NOT NULL,
  status             TEXT COLLATE "C" NOT NULL CHECK (status IN ('pending', 'current', 'previous', 'abandoned', 'ended')),
  crm_key_hash       TEXT COLLATE "C" NOT NULL UNIQUE,
  crm_key_sealed     TEXT COLLATE "C",
  api_key_hash       TEXT COLLATE "C",
  api_key_sealed     TEXT COLLATE "C",
  resolves_until     BIGINT,
  created_at         BIGINT NOT NULL,
  UNIQUE (connection_id, generation)
);
CREATE UNIQUE INDEX generations_one_current ON generations (connection_id) WHERE status = 'current';
CREATE INDEX generations_by_api_key ON generations (api_key_hash) WHERE api_key_hash IS NOT NULL;
CREATE INDEX generations_by_end ON generations (resolves_until) WHERE resolves_until IS NOT NULL;

-- The exchange of one state. The row, and with it the hash of the used state, is kept for good: its primary key is
-- what makes a state end in one CRM account only and travel with one crmKey only.
CREATE TABLE exchanges (
  state_hash         TEXT COLLATE "C" PRIMARY KEY,
  state_sealed       TEXT COLLATE "C",
  name               TEXT COLLATE "C" NOT NULL,
  crm_account_id     TEXT COLLATE "C" NOT NULL,
  crm_account_name   TEXT COLLATE "C" NOT NULL,
  wazzup_account_id  TEXT COLLATE "C",
  generation_id      TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES generations (id),
  attempt_id         TEXT COLLATE "C" NOT NULL,
  user_id            TEXT COLLATE "C" NOT NULL,
  user_name          TEXT COLLATE "C" NOT NULL,
  address            TEXT COLLATE "C" NOT NULL,
  status             TEXT COLLATE "C" NOT NULL CHECK (status IN ('pending', 'connected', 'failed')),
  reason             TEXT COLLATE "C",
  in_flight          BIGINT NOT NULL,
  maybe_answered     BIGINT NOT NULL,
  tries              BIGINT NOT NULL,
  due_at             BIGINT NOT NULL,
  created_at         BIGINT NOT NULL
);
CREATE INDEX exchanges_due ON exchanges (due_at) WHERE status = 'pending';
CREATE INDEX exchanges_unsettled ON exchanges (crm_account_id) WHERE state_sealed IS NOT NULL;

-- First uploads waiting for their worker; written in the transaction that makes a connection current.
CREATE TABLE uploads (
  generation_id      TEXT COLLATE "C" PRIMARY KEY REFERENCES generations (id),
  status             TEXT COLLATE "C" NOT NULL,
  created_at         BIGINT NOT NULL
);

-- Who did what, to which account, when, from where. Only ever appended to.
CREATE TABLE audit (
  id                 BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at                 BIGINT NOT NULL,
  action             TEXT COLLATE "C" NOT NULL,
  user_id            TEXT COLLATE "C" NOT NULL,
  user_name          TEXT COLLATE "C" NOT NULL,
  crm_account_id     TEXT COLLATE "C" NOT NULL,
  wazzup_account_id  TEXT COLLATE "C",
  generation         BIGINT NOT NULL,
  address            TEXT COLLATE "C" NOT NULL
);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'audit is append-only'; END $$;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every key that has sealed something here, with a value to try it on: a key that is missing or has other bytes is
-- found before anything is served.
CREATE TABLE sealing_keys (
  id                 TEXT COLLATE "C" PRIMARY KEY,
  probe_sealed       TEXT COLLATE "C" NOT NULL
);

-- Things that may happen once over all replicas, such as the use of a hand-over token.
CREATE TABLE claims (
  key                TEXT COLLATE "C" PRIMARY KEY,
  until              BIGINT NOT NULL
);
CREATE INDEX claims_by_end ON claims (until);

-- Login answers that came by POST, kept for the seconds until the browser is back with its cookie. One per attempt.
CREATE TABLE parked (
  attempt_id         TEXT COLLATE "C" PRIMARY KEY,
  id_hash            TEXT COLLATE "C" NOT NULL UNIQUE,
  answer_sealed      TEXT COLLATE "C" NOT NULL,
  until              BIGINT NOT NULL
);
CREATE INDEX parked_by_end ON parked (until);
