-- Erasing the persons of connections that have ended. Moments are milliseconds since 1970 (UTC).

-- Since when nothing of a person is kept; null while something may be.
ALTER TABLE connections ADD COLUMN erased_at INTEGER;
CREATE INDEX connections_to_erase ON connections (coalesce(disconnected_at, 0))
  WHERE erased_at IS NULL AND status IN ('disconnected', 'new');

CREATE INDEX attempts_of_account ON attempts (crm_account_id) WHERE crm_account_id IS NOT NULL;

-- Whose person stands in the entry of another account that lost its key; and what goes by time.
CREATE INDEX audit_taken_over ON audit (at) WHERE action = 'connection.taken_over';
CREATE INDEX audit_reads ON audit (at) WHERE action = 'api_key.read';

-- The audit is still only appended to, with two exceptions. A person is emptied, all of it at once and nothing else, where the
-- account is not connected. An entry that a key was read may go. To replace a row would be to delete it, which no trigger hears.
DROP TRIGGER audit_is_never_changed;
DROP TRIGGER audit_is_never_deleted;
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
