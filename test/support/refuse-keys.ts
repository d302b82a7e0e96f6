/** Orders with which a database takes everything but a new apiKey, as one whose disk is full at that moment, and takes it again. */
export const REFUSE_KEYS = {
  sqlite: [
    "CREATE TRIGGER no_keys BEFORE UPDATE OF api_key_sealed ON generations BEGIN SELECT RAISE(ABORT, 'full'); END",
    'DROP TRIGGER no_keys',
  ],
  postgres: [
    `CREATE FUNCTION no_keys() RETURNS trigger LANGUAGE plpgsql AS
       $$BEGIN RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'; END$$;
     CREATE TRIGGER no_keys BEFORE UPDATE OF api_key_sealed ON generations FOR EACH ROW EXECUTE FUNCTION no_keys()`,
    'DROP TRIGGER no_keys ON generations',
  ],
} as const
