-- Nothing here: SQLite got indexes that hold all of what a look-up tells. A row of an index is bounded on PostgreSQL, and
-- a sealed apiKey is not.
SELECT 1;
