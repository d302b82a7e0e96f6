import { z } from 'zod'
import { moves } from '../attempt.ts'
import type { LoginStart } from '../../login/port.ts'
import { go, refuse, type Step } from '../visit.ts'

/** The login leg of an attempt, kept sealed: reloads and second tabs go the same way, and any of them may return. */
const Leg = z.object({ location: z.url(), remember: z.string() })

/** Starts the CRM's login, or sends the browser to the one already started. */
export const sendToLogin: Step = async (visit, { store, login }) => {
  const { attempt, request, now, facts } = visit
  if (!attempt) return refuse('unknown_attempt')
  const leg = attempt.status === 'arrived' && !request.again ? readLeg(attempt.login) : null
  if (leg) return { kind: 'login', location: new URL(leg.location) }

  const start = await login.begin({ attemptId: attempt.id, again: request.again })
  if (start.kind === 'unavailable') {
    facts['code'] = start.code
    return refuse('login_unavailable', attempt.id)
  }
  const move = request.again ? moves.startOver(writeLeg(start)) : moves.startLogin(writeLeg(start))
  const moved = await store.attempts.move(attempt.id, move, now)
  return moved ? { kind: 'login', location: start.location } : go('attempt', attempt.id)
}

/** What the method asked to remember for this attempt; null when no leg is under way. */
export const rememberedIn = (login: string | null) => readLeg(login)?.remember ?? null

const readLeg = (login: string | null) => (login === null ? null : Leg.parse(JSON.parse(login)))

const writeLeg = ({ location, remember }: LoginStart & { kind: 'redirect' }) =>
  JSON.stringify({ location: location.href, remember })
