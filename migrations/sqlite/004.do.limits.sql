-- Attempts of which nobody has logged in: what strangers can make any number of, so there is a limit to how many there
-- are. Those whose login failed count, too.
CREATE INDEX attempts_of_nobody ON attempts (expires_at) WHERE user_id IS NULL;
DROP INDEX attempts_without_user;

-- Whose webhooks address is compared next: found at once, however many there are.
CREATE INDEX uploads_to_check ON uploads (checked_at) WHERE due_at IS NULL;
