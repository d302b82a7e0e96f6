-- Names what look-ups would tell: another one after each change of that, in whichever process. So what was read before may be told
-- again for as long as the name is the same. It is random: a number would come back after a copy was put in place of the database.
CREATE TABLE look_up_version (
  only          INTEGER PRIMARY KEY CHECK (only = 1),
  version       INTEGER NOT NULL
) STRICT;
-- Below 2^53, as JavaScript cannot tell larger ones apart.
INSERT INTO look_up_version VALUES (1, random() & 0x1fffffffffffff);

-- By triggers: no operation forgets it, nor does a process of the release before. The columns are those of the two indexes that a
-- look-up reads.
CREATE VIEW look_up_changed AS SELECT NULL AS is_so;
CREATE TRIGGER look_up_has_changed INSTEAD OF INSERT ON look_up_changed BEGIN
  UPDATE look_up_version SET version = random() & 0x1fffffffffffff;
END;
CREATE TRIGGER told_generations_come AFTER INSERT ON generations BEGIN
  INSERT INTO look_up_changed VALUES (1);
END;
CREATE TRIGGER told_generations_change AFTER UPDATE ON generations
WHEN (OLD.crm_key_hash, OLD.status, OLD.resolves_until, OLD.id, OLD.connection_id, OLD.generation, OLD.api_key_sealed, OLD.wazzup_account)
  IS NOT (NEW.crm_key_hash, NEW.status, NEW.resolves_until, NEW.id, NEW.connection_id, NEW.generation, NEW.api_key_sealed, NEW.wazzup_account)
BEGIN
  INSERT INTO look_up_changed VALUES (1);
END;
CREATE TRIGGER told_generations_go AFTER DELETE ON generations BEGIN
  INSERT INTO look_up_changed VALUES (1);
END;
CREATE TRIGGER told_connections_come AFTER INSERT ON connections BEGIN
  INSERT INTO look_up_changed VALUES (1);
END;
CREATE TRIGGER told_connections_change AFTER UPDATE ON connections
WHEN (OLD.id, OLD.crm_account_id, OLD.crm_account_name) IS NOT (NEW.id, NEW.crm_account_id, NEW.crm_account_name)
BEGIN
  INSERT INTO look_up_changed VALUES (1);
END;
CREATE TRIGGER told_connections_go AFTER DELETE ON connections BEGIN
  INSERT INTO look_up_changed VALUES (1);
END;
