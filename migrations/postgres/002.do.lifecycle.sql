-- What happens to a connection after it was made. Moments are milliseconds since 1970 (UTC).

-- Since when Wazzup refuses the apiKey; when an operator ended the connection; when the apiKey was last tried.
ALTER TABLE connections ADD COLUMN invalid_since BIGINT;
ALTER TABLE connections ADD COLUMN disconnected_at BIGINT;
ALTER TABLE connections ADD COLUMN probed_at BIGINT;
UPDATE connections SET probed_at = connected_at;

CREATE INDEX connections_by_status ON connections (status, crm_account_id);
CREATE INDEX connections_to_probe ON connections (probed_at) WHERE status IN ('connected', 'invalid');

-- The look-up goes by this index alone: a key that has ended is as absent from it as one that never was, so that both
-- take the same steps and the same time.
CREATE INDEX generations_resolving ON generations (crm_key_hash) WHERE status <> 'ended';

CREATE INDEX audit_by_account ON audit (crm_account_id, id);
