-- Nothing here: on SQLite a look-up asks first whether anything has changed. On PostgreSQL that would be as long a way as the look-up.
SELECT 1;
