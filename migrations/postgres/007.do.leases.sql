-- Who holds what, and for how long; and which Wazzup account a generation is for. Moments are milliseconds since 1970 (UTC).

-- Leases. `runner` names who sends the exchange; `due_at` ends the lease, as before. Whoever tries an apiKey, or compares an
-- address, has it until `…_until`.
ALTER TABLE exchanges ADD COLUMN runner TEXT COLLATE "C";
ALTER TABLE connections ADD COLUMN probe_runner TEXT COLLATE "C";
ALTER TABLE connections ADD COLUMN probe_until BIGINT;
ALTER TABLE uploads ADD COLUMN check_runner TEXT COLLATE "C";
ALTER TABLE uploads ADD COLUMN check_until BIGINT;
CREATE INDEX exchanges_in_flight ON exchanges (crm_account_id) WHERE in_flight = 1;
CREATE INDEX connections_being_probed ON connections (probe_until) WHERE probe_until IS NOT NULL;
CREATE INDEX uploads_being_checked ON uploads (check_until) WHERE check_until IS NOT NULL;

-- An apiKey that came late, kept while a newer confirmation of its CRM account is open.
ALTER TABLE generations ADD COLUMN kept_key_hash TEXT COLLATE "C";
ALTER TABLE generations ADD COLUMN kept_key_sealed TEXT COLLATE "C";
CREATE INDEX generations_kept ON generations (id) WHERE kept_key_sealed IS NOT NULL;

-- The Wazzup account belongs to the generation: an older one may be for another. The name is one that no statement of
-- the release before uses without its table.
ALTER TABLE generations ADD COLUMN wazzup_account TEXT COLLATE "C";
UPDATE generations SET wazzup_account =
  (SELECT exchanges.wazzup_account_id FROM exchanges WHERE exchanges.generation_id = generations.id);

-- For a replica of the release before, which does not know the column. It goes with a later migration.
CREATE FUNCTION tell_wazzup_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE generations SET wazzup_account = NEW.wazzup_account_id
  WHERE id = NEW.generation_id AND wazzup_account IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER generations_get_their_wazzup_account AFTER INSERT ON exchanges
  FOR EACH ROW EXECUTE FUNCTION tell_wazzup_account();

-- An apiKey is current in one place only.
CREATE UNIQUE INDEX generations_one_holder ON generations (api_key_hash) WHERE status = 'current';

-- Who has which Wazzup account now.
CREATE INDEX generations_of_wazzup_account ON generations (wazzup_account) WHERE status = 'current';

-- Webhooks that are to be switched off, each with the apiKey for it, which is erased when that is done or given up.
CREATE TABLE switch_offs (
  generation_id      TEXT COLLATE "C" PRIMARY KEY REFERENCES generations (id),
  wazzup_account_id  TEXT COLLATE "C",
  api_key_sealed     TEXT COLLATE "C" NOT NULL,
  cause              TEXT COLLATE "C" NOT NULL CHECK (cause IN ('disconnected', 'moved', 'late')),
  tries              BIGINT NOT NULL,
  runner             TEXT COLLATE "C",
  due_at             BIGINT NOT NULL,
  give_up_at         BIGINT NOT NULL
);
CREATE INDEX switch_offs_due ON switch_offs (due_at);

-- A replica of the release before has prepared statements that read whole rows, and would fail on the new columns with
-- «cached plan must not change result type», once on each of its connections. They are closed, which it takes as any lost
-- connection: it opens others.
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pg_has_role(usesysid, 'MEMBER') AND application_name = 'wauth' AND pid <> pg_backend_pid();
