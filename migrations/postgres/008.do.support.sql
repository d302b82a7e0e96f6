-- What happened to an attempt, for the support. Moments are milliseconds since 1970 (UTC).

-- `support_id`: what the pages show, made of the attempt's id; null for what a replica of the release before has written, which
-- the clean-up names. `steps`: what happened, and when, one `moment step code;` after the other, the latest some dozens.
ALTER TABLE attempts ADD COLUMN support_id TEXT COLLATE "C";
ALTER TABLE attempts ADD COLUMN steps TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX attempts_by_support_id ON attempts (support_id) WHERE support_id IS NOT NULL;
CREATE INDEX attempts_without_support_id ON attempts (id) WHERE support_id IS NULL;

-- An exchange is kept for good, its attempt for a day.
ALTER TABLE exchanges ADD COLUMN support_id TEXT COLLATE "C";
ALTER TABLE exchanges ADD COLUMN steps TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX exchanges_by_support_id ON exchanges (support_id) WHERE support_id IS NOT NULL;
CREATE INDEX exchanges_without_support_id ON exchanges (attempt_id) WHERE support_id IS NULL;

-- As in 007: a replica of the release before reads whole rows of both tables by statements that it has prepared.
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pg_has_role(usesysid, 'MEMBER') AND application_name = 'wauth' AND pid <> pg_backend_pid();
