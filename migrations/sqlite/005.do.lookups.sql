-- A look-up reads two indexes and no table: with a million customers every page that it touches is a random one. The
-- indexes hold what it tells, and the one over keys decides as the one before it did: a key that has ended is as absent
-- as one that never was.
CREATE INDEX generations_found ON generations
  (crm_key_hash, status, resolves_until, id, connection_id, generation, api_key_sealed) WHERE status <> 'ended';
DROP INDEX generations_resolving;
CREATE INDEX connections_told ON connections (id, crm_account_id, crm_account_name, wazzup_account_id);
