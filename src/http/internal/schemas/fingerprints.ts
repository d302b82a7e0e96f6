import { z } from 'zod'

const fingerprint = z.string().regex(/^[\w-]{43}$/)

export const FingerprintsAnswer = z
  .object({
    items: z.array(
      z.object({
        keyId: z.string(),
        proof: fingerprint,
        settings: z.record(z.string(), fingerprint),
      }),
    ),
  })
  .meta({ id: 'Fingerprints' })

export type FingerprintsAnswer = z.output<typeof FingerprintsAnswer>
