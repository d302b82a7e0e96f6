-- What happened to an attempt, for the support. Moments are milliseconds since 1970 (UTC).

-- `support_id`: what the pages show, made of the attempt's id; null for what a process of the release before has written, which
-- the clean-up names. `steps`: what happened, and when, one `moment step code;` after the other, the latest some dozens.
ALTER TABLE attempts ADD COLUMN support_id TEXT;
ALTER TABLE attempts ADD COLUMN steps TEXT NOT NULL DEFAULT '';
CREATE INDEX attempts_by_support_id ON attempts (support_id) WHERE support_id IS NOT NULL;
CREATE INDEX attempts_without_support_id ON attempts (id) WHERE support_id IS NULL;

-- An exchange is kept for good, its attempt for a day.
ALTER TABLE exchanges ADD COLUMN support_id TEXT;
ALTER TABLE exchanges ADD COLUMN steps TEXT NOT NULL DEFAULT '';
CREATE INDEX exchanges_by_support_id ON exchanges (support_id) WHERE support_id IS NOT NULL;
CREATE INDEX exchanges_without_support_id ON exchanges (attempt_id) WHERE support_id IS NULL;
