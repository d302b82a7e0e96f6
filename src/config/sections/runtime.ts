import { z } from 'zod'
import { bareText } from '../fields/bare-text.ts'
import { duration } from '../fields/duration.ts'
import { parsedText } from '../fields/parsed-text.ts'

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** With what then still runs, the whole stop has to end within ten seconds. */
const LONGEST_DELAY = 5000

export const runtime = z.object({
  LOG_LEVEL: z
    .enum(levels, { error: `must be one of ${levels.join(', ')}` })
    .prefault('info')
    .meta({ description: 'How much is logged: fatal, error, warn, info, debug, trace or silent.' }),
  SHUTDOWN_DELAY: duration({ maxDays: 1 })
    .refine((ms) => ms <= LONGEST_DELAY, 'is longer than 5s')
    .prefault('2s')
    .meta({
      description:
        'How long requests are still taken after SIGTERM, while /readyz already says no; at most 5s. 0 = not at all.',
    }),
  NODE_ENV: bareText().prefault('production').meta({
    description: "With 'development' plain http is allowed on loopback addresses.",
  }),
})

/** Names that are not ours to set but that would make the service unsafe. */
export const forbidden = z.object({
  NODE_TLS_REJECT_UNAUTHORIZED: parsedText((text, refuse) =>
    text === '0' ? refuse('switches off the check of TLS certificates') : text,
  )
    .optional()
    .meta({
      description: '',
      hint: 'Remove it. For a private certificate authority set CA_FILE.',
    }),
})
