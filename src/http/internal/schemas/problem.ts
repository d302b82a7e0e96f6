import { z } from 'zod'

/** What every refusal of a machine route looks like (RFC 9457); `sendProblem` writes it. */
export const ProblemAnswer = z
  .object({
    title: z.string().meta({ description: 'The name of the status.' }),
    status: z.int().min(400).max(599),
    code: z.string().meta({ description: 'Stable: what programs key on.' }),
    detail: z.string().optional().meta({ description: 'What to do about it, for the reader.' }),
  })
  .meta({ id: 'Problem' })

export type ProblemAnswer = z.output<typeof ProblemAnswer>
