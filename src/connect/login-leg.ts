import { z } from 'zod'

/**
 * One passage through the CRM's login, kept sealed with its attempt: reloads and second tabs go the same way, and any
 * of them may come back.
 */
const Leg = z.object({ location: z.url(), remember: z.string() })

/** The leg under way; null when there is none. */
export const readLeg = (login: string | null) => (login === null ? null : Leg.parse(JSON.parse(login)))

export const writeLeg = (leg: z.infer<typeof Leg>) => JSON.stringify(leg)
