import { z } from 'zod'
import { databaseUrl } from '../fields/database-url.ts'
import { encryptionKeys } from '../fields/encryption-keys.ts'

export const storage = z.object({
  DATABASE_URL: databaseUrl().prefault('file:./data/wauth.db').meta({
    description:
      'Where the data is kept: an SQLite file, or a PostgreSQL database as postgres://user:password@host/database.',
    example: 'file:/data/wauth.db',
  }),
  ENCRYPTION_KEYS: encryptionKeys().meta({
    description:
      'Keys that seal what is stored, as id:base64-of-32-bytes, separated by commas. The first seals, all open.',
    secret: true,
    hint: 'Make the first one: echo "k1:$(openssl rand -base64 32)". Keep it apart from the backups of the database.',
  }),
})
