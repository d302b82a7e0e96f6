-- Names what look-ups would tell: another one after each change of that, in whichever process. So what was read before may be told
-- again for as long as the name is the same. It is random: a number would come back after a copy was put in place of the database.
CREATE TABLE look_up_version (
  only          INTEGER PRIMARY KEY CHECK (only = 1),
  version       INTEGER NOT NULL
) STRICT;
-- Below 2^53, as JavaScript cannot tell larger ones apart.
INSERT INTO look_up_version VALUES (1, random() & 0x1fffffffffffff);

-- By triggers: no operation forgets it, nor does a process of the release before, whose changes come to the table by triggers, too.
-- A migration that puts another table in its place has to name another version, and to make these again.
CREATE TRIGGER looked_up_come AFTER INSERT ON lookups BEGIN
  UPDATE look_up_version SET version = random() & 0x1fffffffffffff;
END;
CREATE TRIGGER looked_up_change AFTER UPDATE ON lookups BEGIN
  UPDATE look_up_version SET version = random() & 0x1fffffffffffff;
END;
CREATE TRIGGER looked_up_go AFTER DELETE ON lookups BEGIN
  UPDATE look_up_version SET version = random() & 0x1fffffffffffff;
END;
