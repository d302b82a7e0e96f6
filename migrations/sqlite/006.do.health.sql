-- The one row that health writes again and again: what can be locked and read may still take no write.
CREATE TABLE health_writes (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  written_at INTEGER NOT NULL
) STRICT;
