-- Erasing the persons of connections that have ended. Moments are milliseconds since 1970 (UTC).

-- Since when nothing of a person is kept; null while something may be.
ALTER TABLE connections ADD COLUMN erased_at BIGINT;
CREATE INDEX connections_to_erase ON connections (coalesce(disconnected_at, 0))
  WHERE erased_at IS NULL AND status IN ('disconnected', 'new');

CREATE INDEX attempts_of_account ON attempts (crm_account_id) WHERE crm_account_id IS NOT NULL;

-- Whose person stands in the entry of another account that lost its key; and what goes by time.
CREATE INDEX audit_taken_over ON audit (at) WHERE action = 'connection.taken_over';
CREATE INDEX audit_reads ON audit (at) WHERE action = 'api_key.read';

-- The audit is still only appended to, with two exceptions. A person is emptied, all of it at once and nothing else, where the
-- account is not connected. An entry that a key was read may go.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE person CONSTANT text[] := ARRAY['user_id', 'user_name', 'address'];
BEGIN
  IF TG_OP = 'DELETE' AND OLD.action = 'api_key.read' THEN RETURN OLD; END IF;
  IF TG_OP = 'UPDATE' AND NEW.user_id = '' AND NEW.user_name = '' AND NEW.address = ''
    AND to_jsonb(NEW) - person = to_jsonb(OLD) - person
    AND OLD.action NOT IN ('connection.erased', 'installs.paused', 'installs.resumed')
    AND (OLD.action = 'connection.taken_over' OR NOT EXISTS (
      SELECT 1 FROM connections WHERE crm_account_id = OLD.crm_account_id AND status IN ('connected', 'invalid')))
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'audit is append-only';
END $$;

-- A session's temporary table must not be taken for the connections that it means.
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION refuse_change() SET search_path = %I, pg_temp', current_schema());
END $$;
