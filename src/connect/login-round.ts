import { z } from 'zod'

/**
 * One passage through the CRM's login, kept sealed with its attempt: reloads and second tabs go the same way, and any
 * of them may come back.
 */
const LoginRound = z.object({ location: z.url(), remember: z.string() })

/** The round under way; null when there is none. */
export const readLoginRound = (login: string | null) =>
  login === null ? null : LoginRound.parse(JSON.parse(login))

export const writeLoginRound = (round: z.infer<typeof LoginRound>) => JSON.stringify(round)
