import { z } from 'zod'

export const Liveness = z.object({ status: z.literal('alive') }).meta({ id: 'Liveness' })

export type Liveness = z.output<typeof Liveness>

const Part = z.object({ ok: z.boolean(), detail: z.string() })

const KeysPart = Part.extend({
  code: z.literal('seal_unknown_key').optional().meta({
    description: 'Values need an encryption key that this replica lacks: `detail` names it.',
  }),
})

const InstallsPart = Part.extend({
  paused: z.boolean().optional().meta({
    description: 'New installs are paused. Left out while it is not known, at the start.',
  }),
})

export const Readiness = z
  .object({
    status: z.enum(['ready', 'not ready']),
    phase: z.enum(['starting', 'serving', 'stopping']),
    stopping: z.boolean().meta({ description: 'The service is on its way down.' }),
    parts: z
      .object({
        ...{ store: Part, keys: KeysPart, clock: Part, login: Part, wazzup: Part, recovery: Part },
        installs: InstallsPart,
      })
      .meta({
        description:
          'What the service stands on. Only the own store and its encryption keys decide; the rest is for the reader.',
      }),
  })
  .meta({ id: 'Readiness' })

export type Readiness = z.output<typeof Readiness>
