-- Persons that come after an erasure, and events by the hundred thousand. Moments are milliseconds since 1970 (UTC).

-- Who is written down for an account that was erased is erased in turn. By a trigger: a replica of the release before does not know it.
CREATE TRIGGER persons_come AFTER INSERT ON exchanges WHEN NEW.user_id <> '' BEGIN
  UPDATE connections SET erased_at = NULL WHERE crm_account_id = NEW.crm_account_id AND erased_at IS NOT NULL;
END;

-- Those that it has written down meanwhile.
UPDATE connections SET erased_at = NULL WHERE erased_at IS NOT NULL AND EXISTS (
  SELECT 1 FROM generations JOIN exchanges ON generation_id = generations.id
  WHERE connection_id = connections.id AND exchanges.user_id <> '');

-- What is listed by its status, or counted, is found by it, however much has been delivered; what is cleared away, too. Of what a receiver
-- takes little has been refused before: those that were are looked for when another one is refused for long.
DROP INDEX deliveries_open;
DROP INDEX deliveries_ended;
CREATE INDEX deliveries_not_delivered ON deliveries (status, number) WHERE status IN ('waiting', 'failed', 'dropped');
CREATE INDEX deliveries_over ON deliveries (status, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX deliveries_taken_late ON deliveries (ended_at) WHERE status = 'delivered' AND refused_since IS NOT NULL;
