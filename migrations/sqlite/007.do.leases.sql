-- Who holds what, and for how long; and which Wazzup account a generation is for. Moments are milliseconds since 1970 (UTC).

-- Leases. `runner` names who sends the exchange; `due_at` ends the lease, as before. Whoever tries an apiKey, or compares an
-- address, has it until `…_until`.
ALTER TABLE exchanges ADD COLUMN runner TEXT;
ALTER TABLE connections ADD COLUMN probe_runner TEXT;
ALTER TABLE connections ADD COLUMN probe_until INTEGER;
ALTER TABLE uploads ADD COLUMN check_runner TEXT;
ALTER TABLE uploads ADD COLUMN check_until INTEGER;
CREATE INDEX exchanges_in_flight ON exchanges (crm_account_id) WHERE in_flight = 1;
CREATE INDEX connections_being_probed ON connections (probe_until) WHERE probe_until IS NOT NULL;
CREATE INDEX uploads_being_checked ON uploads (check_until) WHERE check_until IS NOT NULL;

-- An apiKey that came late, kept while a newer confirmation of its CRM account is open.
ALTER TABLE generations ADD COLUMN kept_key_hash TEXT;
ALTER TABLE generations ADD COLUMN kept_key_sealed TEXT;
CREATE INDEX generations_kept ON generations (id) WHERE kept_key_sealed IS NOT NULL;

-- The Wazzup account belongs to the generation: an older one may be for another. The name is one that no statement of
-- the release before uses without its table.
ALTER TABLE generations ADD COLUMN wazzup_account TEXT;
UPDATE generations SET wazzup_account =
  (SELECT exchanges.wazzup_account_id FROM exchanges WHERE exchanges.generation_id = generations.id);

-- For a process of the release before, which does not know the column. It goes with a later migration.
CREATE TRIGGER generations_get_their_wazzup_account AFTER INSERT ON exchanges BEGIN
  UPDATE generations SET wazzup_account = NEW.wazzup_account_id
  WHERE id = NEW.generation_id AND wazzup_account IS NULL;
END;

-- As `generations_found`, which handlers of the release before name. That one goes with a later migration.
CREATE INDEX generations_told ON generations
  (crm_key_hash, status, resolves_until, id, connection_id, generation, api_key_sealed, wazzup_account)
  WHERE status <> 'ended';

-- An apiKey is current in one place only.
CREATE UNIQUE INDEX generations_one_holder ON generations (api_key_hash) WHERE status = 'current';

-- Who has which Wazzup account now.
CREATE INDEX generations_of_wazzup_account ON generations (wazzup_account) WHERE status = 'current';

-- Webhooks that are to be switched off, each with the apiKey for it, which is erased when that is done or given up.
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
CREATE INDEX switch_offs_due ON switch_offs (due_at);
