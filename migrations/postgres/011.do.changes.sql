-- Which connections have changed, for who was away. Moments are milliseconds since 1970 (UTC).

-- The latest change of each connection. `number`: the transaction's, so that a reader whose snapshot says from which number on
-- others still run can ask from there the next time. Two that change one connection at once leave two rows, and wait for nobody.
-- `at`: null when the clock said less than it had said before, so that nobody knows when it was.
CREATE TABLE changes (
  number        BIGINT NOT NULL DEFAULT txid_current(),
  connection_id TEXT COLLATE "C" NOT NULL,
  at            BIGINT,
  PRIMARY KEY (number, connection_id)
);
CREATE INDEX changes_of_connection ON changes (connection_id, number);
CREATE INDEX changes_by_time ON changes (at);

-- In which history of this database a number counts: one row here. Its name is told with what a copy of it has otherwise; see
-- `{epoch}` in src/store/postgres/run.ts.
CREATE TABLE epochs (
  number        BIGINT PRIMARY KEY,
  name          TEXT COLLATE "C" NOT NULL,
  since         BIGINT NOT NULL
);
INSERT INTO epochs (number, name, since) VALUES (1, gen_random_uuid()::text, 0);

-- The timeline of the server, which is another one after a recovery to a moment and after a fail-over. A server that does not
-- tell it has none. It may be there already, of another owner: a restore keeps it. Every role may ask, whatever a server's
-- defaults are: without an answer no event is written.
DO $do$ BEGIN
  IF to_regprocedure('wauth_timeline()') IS NULL THEN
    CREATE FUNCTION wauth_timeline() RETURNS text LANGUAGE plpgsql STABLE AS $$
    BEGIN
      RETURN left(pg_walfile_name(pg_current_wal_insert_lsn()), 8);
    EXCEPTION WHEN OTHERS THEN
      RETURN '';
    END $$;
    GRANT EXECUTE ON FUNCTION wauth_timeline() TO PUBLIC;
  END IF;
END $do$;

-- By triggers: no operation forgets them, nor does a replica of the release before, whose role may have no rights on the new
-- tables. They wait for no row of another transaction.
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  changed jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
  connection text := CASE TG_TABLE_NAME
    WHEN 'connections' THEN changed ->> 'id'
    WHEN 'generations' THEN changed ->> 'connection_id'
    ELSE (SELECT connection_id FROM generations WHERE id = changed ->> 'generation_id') END;
  now_at bigint := extract(epoch FROM statement_timestamp()) * 1000;
  latest bigint := (SELECT max(at) FROM changes);
BEGIN
  DELETE FROM changes WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM changes WHERE connection_id = connection AND number <> txid_current() FOR UPDATE SKIP LOCKED));
  INSERT INTO changes (connection_id, at) VALUES (connection, CASE WHEN now_at >= coalesce(latest, 0) THEN now_at END)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

-- It has the rights of its owner, so that a session's temporary tables must not be taken for those that it means.
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION note_change() SET search_path = %I, pg_temp', current_schema());
END $$;

-- What is shown of a connection itself.
CREATE TRIGGER connections_come AFTER INSERT ON connections FOR EACH ROW WHEN (NEW.status <> 'new')
  EXECUTE FUNCTION note_change();
CREATE TRIGGER connections_change AFTER UPDATE ON connections FOR EACH ROW
  WHEN ((OLD.status, OLD.crm_account_name, OLD.wazzup_account_id, OLD.connected_at, OLD.invalid_since, OLD.disconnected_at)
    IS DISTINCT FROM
    (NEW.status, NEW.crm_account_name, NEW.wazzup_account_id, NEW.connected_at, NEW.invalid_since, NEW.disconnected_at))
  EXECUTE FUNCTION note_change();

-- Which generation is the current one.
CREATE TRIGGER generations_come AFTER INSERT ON generations FOR EACH ROW WHEN (NEW.status = 'current')
  EXECUTE FUNCTION note_change();
CREATE TRIGGER generations_change AFTER UPDATE ON generations FOR EACH ROW
  WHEN ((OLD.status = 'current') <> (NEW.status = 'current'))
  EXECUTE FUNCTION note_change();

-- The warning: why an upload, or its webhooks address, has failed.
CREATE TRIGGER uploads_come AFTER INSERT ON uploads FOR EACH ROW WHEN (NEW.status = 'failed')
  EXECUTE FUNCTION note_change();
CREATE TRIGGER uploads_change AFTER UPDATE ON uploads FOR EACH ROW
  WHEN ((OLD.status = 'failed', CASE OLD.status WHEN 'failed' THEN OLD.reason END)
    IS DISTINCT FROM (NEW.status = 'failed', CASE NEW.status WHEN 'failed' THEN NEW.reason END))
  EXECUTE FUNCTION note_change();
CREATE TRIGGER uploads_go AFTER DELETE ON uploads FOR EACH ROW WHEN (OLD.status = 'failed')
  EXECUTE FUNCTION note_change();
CREATE TRIGGER upload_steps_come AFTER INSERT ON upload_steps FOR EACH ROW
  WHEN (NEW.kind = 'webhooks' AND NEW.status = 'failed')
  EXECUTE FUNCTION note_change();
CREATE TRIGGER upload_steps_change AFTER UPDATE ON upload_steps FOR EACH ROW
  WHEN (NEW.kind = 'webhooks' AND (OLD.status = 'failed', CASE OLD.status WHEN 'failed' THEN OLD.reason END)
    IS DISTINCT FROM (NEW.status = 'failed', CASE NEW.status WHEN 'failed' THEN NEW.reason END))
  EXECUTE FUNCTION note_change();
CREATE TRIGGER upload_steps_go AFTER DELETE ON upload_steps FOR EACH ROW
  WHEN (OLD.kind = 'webhooks' AND OLD.status = 'failed')
  EXECUTE FUNCTION note_change();

-- When those that are there have changed is not known, so they change now.
INSERT INTO changes (connection_id, at)
SELECT id, extract(epoch FROM statement_timestamp()) * 1000 FROM connections WHERE status <> 'new';
