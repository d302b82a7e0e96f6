import { z } from 'zod'
import { databaseUrl } from '../fields/database-url.ts'
import { duration } from '../fields/duration.ts'
import { encryptionKeys } from '../fields/encryption-keys.ts'

/** The same for both. */
const LONGEST = { maxDays: 36_500 }

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
  AUDIT_PERSONS_KEPT: duration(LONGEST).prefault('0').meta({
    description:
      'How long persons are kept after their connection has ended: ids, names and addresses, in the audit trail and everywhere. What was done stays. 0 = for good.',
    example: '365d',
  }),
  AUDIT_KEPT: duration(LONGEST).prefault('0').meta({
    description: 'How long the audit trail tells who has read an apiKey by name; 0 = for good.',
    example: '730d',
  }),
})
