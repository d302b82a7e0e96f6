-- What a look-up tells stands in one place. With a million customers each page that it touches is a random one: it touched four,
-- two of them those of wide rows.

-- One row for each crmKey that may resolve, found by its SHA-256 in binary: a key that has ended is as absent as one that never
-- was, so that both take the same steps and the same time. It holds copies only, and nothing but triggers writes it.
CREATE TABLE lookups (
  crm_key_hash      BYTEA PRIMARY KEY,
  generation_id     TEXT COLLATE "C" NOT NULL,
  connection_id     TEXT COLLATE "C" NOT NULL,
  generation        BIGINT NOT NULL,
  status            TEXT COLLATE "C" NOT NULL,
  resolves_until    BIGINT,
  api_key_sealed    TEXT COLLATE "C",
  wazzup_account    TEXT COLLATE "C",
  crm_account_id    TEXT COLLATE "C" NOT NULL,
  crm_account_name  TEXT COLLATE "C" NOT NULL
);

-- By triggers: no operation forgets it, nor does a replica of the release before, whose role may have no rights on the new table.
-- What is of the generation and what is of the connection are written each by their own: two that change both at once leave both
-- right. That no connection is renamed while a generation of it comes the lock of the account sees to. What has changed is found
-- out here: a column in the condition of a trigger cannot become wider.
CREATE FUNCTION tell_lookups() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM lookups WHERE crm_key_hash = decode(OLD.crm_key_hash, 'hex');
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.status, OLD.resolves_until, OLD.api_key_sealed, OLD.wazzup_account)
    IS NOT DISTINCT FROM (NEW.status, NEW.resolves_until, NEW.api_key_sealed, NEW.wazzup_account) THEN
    RETURN NULL;
  END IF;
  IF NEW.status = 'ended' THEN
    DELETE FROM lookups WHERE crm_key_hash = decode(NEW.crm_key_hash, 'hex');
    RETURN NULL;
  END IF;
  -- An apiKey that comes late may make a generation current that has ended.
  INSERT INTO lookups (crm_key_hash, generation_id, connection_id, generation, status, resolves_until, api_key_sealed, wazzup_account,
    crm_account_id, crm_account_name)
  SELECT decode(NEW.crm_key_hash, 'hex'), NEW.id, NEW.connection_id, NEW.generation, NEW.status, NEW.resolves_until,
    NEW.api_key_sealed, NEW.wazzup_account, crm_account_id, crm_account_name
  FROM connections WHERE connections.id = NEW.connection_id
  ON CONFLICT (crm_key_hash) DO UPDATE SET status = excluded.status, resolves_until = excluded.resolves_until,
    api_key_sealed = excluded.api_key_sealed, wazzup_account = excluded.wazzup_account;
  RETURN NULL;
END $$;
CREATE FUNCTION rename_lookups() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF (OLD.crm_account_id, OLD.crm_account_name) IS DISTINCT FROM (NEW.crm_account_id, NEW.crm_account_name) THEN
    UPDATE lookups SET crm_account_id = NEW.crm_account_id, crm_account_name = NEW.crm_account_name
    WHERE crm_key_hash IN (
      SELECT decode(crm_key_hash, 'hex') FROM generations WHERE connection_id = NEW.id AND generations.status <> 'ended');
  END IF;
  RETURN NULL;
END $$;

-- They have the rights of their owner, so that a session's temporary tables must not be taken for those that they mean.
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION tell_lookups() SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION rename_lookups() SET search_path = %I, pg_temp', current_schema());
END $$;

-- Nor may a role that only reads hang them, or the one of the history, on a table of its own. Triggers that are there ask for no right.
REVOKE EXECUTE ON FUNCTION tell_lookups(), rename_lookups(), note_change() FROM PUBLIC;

CREATE TRIGGER lookups_of_generations AFTER INSERT OR UPDATE OR DELETE ON generations FOR EACH ROW EXECUTE FUNCTION tell_lookups();
CREATE TRIGGER lookups_of_connections AFTER UPDATE ON connections FOR EACH ROW EXECUTE FUNCTION rename_lookups();

-- Behind the triggers: they keep writers out until the end of the migration, so that none is missed.
INSERT INTO lookups (crm_key_hash, generation_id, connection_id, generation, status, resolves_until, api_key_sealed, wazzup_account,
  crm_account_id, crm_account_name)
SELECT decode(crm_key_hash, 'hex'), generations.id, connection_id, generation, generations.status, resolves_until, api_key_sealed,
  wazzup_account, crm_account_id, crm_account_name
FROM generations JOIN connections ON connections.id = connection_id
WHERE generations.status <> 'ended';
