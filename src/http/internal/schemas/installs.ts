import { z } from 'zod'
import { visibleCharacters } from '../../../shared/visible-text.ts'
import { moment } from './moment.ts'

/** Characters of a reason as it comes. */
const LONGEST = 500

/** Why installs are paused, for operators: one line of visible characters. */
export const Reason = z
  .string()
  .max(LONGEST)
  .transform((text) => visibleCharacters(text).join(''))
  .refine((text) => text !== '', 'says nothing')
  .meta({ description: 'For operators. It is on no page, in no metric and in no log.' })

/** The body of a change. What comes as the reason of a resume is left out, so that an answer can be sent back. */
export const InstallsChange = z.discriminatedUnion('paused', [
  z.object({ paused: z.literal(true), reason: Reason }),
  z.object({ paused: z.literal(false), reason: z.string().nullish() }),
])

export const InstallsAnswer = z
  .object({
    paused: z.boolean(),
    reason: z.string().nullable().meta({ description: 'Null while nothing is paused.' }),
    changedBy: z.string().nullable().meta({ description: 'Who has paused or resumed last.' }),
    changedAt: moment.nullable().meta({ description: 'Null when nobody ever has.' }),
  })
  .meta({ id: 'Installs' })

export type InstallsAnswer = z.output<typeof InstallsAnswer>
