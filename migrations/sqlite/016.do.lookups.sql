-- What a look-up tells stands in one place. With a million customers each page that it touches is a random one, and it touched two.

-- One row for each crmKey that may resolve, found by its SHA-256 in binary: a key that has ended is as absent as one that never
-- was, so that both take the same steps and the same time. It holds copies only, and nothing but triggers writes it.
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

-- In the order of the key, which fills each page once.
INSERT INTO lookups (crm_key_hash, generation_id, connection_id, generation, status, resolves_until, api_key_sealed, wazzup_account,
  crm_account_id, crm_account_name)
SELECT unhex(crm_key_hash), generations.id, connection_id, generation, generations.status, resolves_until, api_key_sealed,
  wazzup_account, crm_account_id, crm_account_name
FROM generations JOIN connections ON connections.id = connection_id
WHERE generations.status <> 'ended' ORDER BY crm_key_hash;

-- By triggers: no operation forgets it, nor does a process of the release before.
CREATE TRIGGER lookups_come AFTER INSERT ON generations WHEN NEW.status <> 'ended' BEGIN
  INSERT INTO lookups (crm_key_hash, generation_id, connection_id, generation, status, resolves_until, api_key_sealed, wazzup_account,
    crm_account_id, crm_account_name)
  SELECT unhex(NEW.crm_key_hash), NEW.id, NEW.connection_id, NEW.generation, NEW.status, NEW.resolves_until, NEW.api_key_sealed,
    NEW.wazzup_account, crm_account_id, crm_account_name
  FROM connections WHERE connections.id = NEW.connection_id;
END;
-- An apiKey that comes late may make a generation current that has ended.
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
CREATE TRIGGER lookups_end AFTER UPDATE OF status ON generations WHEN OLD.status <> 'ended' AND NEW.status = 'ended' BEGIN
  DELETE FROM lookups WHERE crm_key_hash = unhex(OLD.crm_key_hash);
END;
CREATE TRIGGER lookups_go AFTER DELETE ON generations BEGIN
  DELETE FROM lookups WHERE crm_key_hash = unhex(OLD.crm_key_hash);
END;
CREATE TRIGGER lookups_are_renamed AFTER UPDATE OF crm_account_id, crm_account_name ON connections
WHEN (OLD.crm_account_id, OLD.crm_account_name) IS NOT (NEW.crm_account_id, NEW.crm_account_name)
BEGIN
  UPDATE lookups SET crm_account_id = NEW.crm_account_id, crm_account_name = NEW.crm_account_name
  WHERE crm_key_hash IN (
    SELECT unhex(crm_key_hash) FROM generations WHERE connection_id = NEW.id AND generations.status <> 'ended');
END;

-- Handlers of a release that names it go on without. `generations_found` and `connections_told` go with a later migration: an older
-- release cannot do without them.
DROP INDEX generations_told;
