import { uploadEvent } from '../delivery.ts'
import { FIRST_PAUSE, HEALTH_CHANGES, type NextTry, type UntriedKey } from '../connection.ts'
import type { Claim, ConnectionStore, Lease, Noted, SeenHealth } from '../port.ts'
import { currentKey } from './current-key.ts'
import { LEASES } from './lease.ts'
import { generationLock } from './locks.ts'
import { again, alone, one, run, sql, type Run, type Steps } from './operation.ts'
import { tell } from './tell.ts'
import { stepsOf } from './uploads.ts'

/** A worker that is trying the apiKey began before that, and knows less: it loses its claim. */
const CHANGE_HEALTH = sql(`
  UPDATE connections SET status = CAST(@to AS text),
    invalid_since = CASE WHEN CAST(@to AS text) = 'invalid' THEN CAST(@now AS bigint) END,
    ${LEASES.probe.leave}, probed_at = {now},
    probe_until = CASE WHEN CAST(@to AS text) = 'invalid' THEN {now} + ${FIRST_PAUSE} END
  FROM generations
  WHERE generations.id = @generationId AND generations.status = 'current'
    AND connections.id = generations.connection_id AND connections.status = @from`)

const AUDIT_HEALTH = sql(`
  INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
  SELECT @now, @action, 'wazzup', 'Wazzup', crm_account_id, wazzup_account_id, generation, '-'
  FROM connections JOIN generations ON connection_id = connections.id WHERE generations.id = @generationId`)

const FOLLOW = {
  // Nobody goes on with it while the key is refused; its runner may still write down what is under way.
  invalid: sql(`
    UPDATE uploads SET status = 'failed', reason = 'key_refused', due_at = NULL, tries = 0, failing_since = NULL
    WHERE generation_id = @generationId AND status IN ('waiting', 'running')`),
  // Also one whose runner was the first to be told that the key is refused.
  valid: sql(`
    UPDATE uploads SET status = 'waiting', reason = NULL, due_at = {now}
    WHERE generation_id = @generationId AND status = 'failed' AND reason = 'key_refused'`),
}

/** Under the lock of the generation. False when nothing has changed. */
export function* changeHealth(generationId: string, name: 'valid' | 'invalid', now: Date): Steps<boolean> {
  const values = { ...HEALTH_CHANGES[name], generationId, now }
  if ((yield* run(CHANGE_HEALTH, values)) === 0) return false
  yield* run(AUDIT_HEALTH, values)
  const uploads = yield* run(FOLLOW[name], values)
  yield* tell(generationId, { type: values.action })
  if (name === 'invalid' && uploads > 0)
    yield* tell(generationId, uploadEvent('failed', 'key_refused', yield* stepsOf(generationId)))
  return true
}

const noteHealth = alone(generationLock, changeHealth)

interface ProbeRow {
  crm_account_id: string
  pause: number | null
}

/**
 * Claiming is one statement, so that of several replicas one tries the key. `sets`: what it changes besides the lease. While
 * nobody tries a key that is refused, `probe_until` ends its pause.
 */
const untried = (from: string, order: string, sets = '') => ({
  any: sql<object>(`SELECT 1 ${from} LIMIT 1`),
  claim: sql<ProbeRow>(`
    UPDATE connections SET ${LEASES.probe.take}${sets}
    WHERE id = (SELECT id ${from} ORDER BY ${order} LIMIT 1 {skip locked})
    RETURNING crm_account_id, CASE status WHEN 'invalid' THEN {now} - probed_at END AS pause`),
})

/** Without the names of the indexes SQLite looks through all connections of these statuses, and sorts them. */
const UNTRIED = [
  // However late it is, its pause is as long as it was meant to be: off time is no reason for a longer one.
  untried(
    "FROM connections {index connections_being_probed} WHERE status = 'invalid' AND probe_until <= {now}",
    'probe_until',
    ', probed_at = {now} - (probe_until - probed_at)',
  ),
  untried(
    `FROM connections {index connections_to_probe}
     WHERE status IN ('connected', 'invalid') AND probed_at <= {now} - @interval
       AND (probe_runner IS NULL OR ${LEASES.probe.free})`,
    'probed_at',
  ),
]

/**
 * An apiKey that came after the claim has its own time: what is known of the older one says nothing about it. `but`: not for
 * a connection of this status.
 */
const NOTE_PROBE = sql(`
  UPDATE connections SET ${LEASES.probe.leave}, probe_until = {now} + @pause, probed_at = {now} - @ago
  WHERE id = (SELECT connection_id FROM generations WHERE id = @generationId AND status = 'current')
    AND probe_runner = @runner AND (CAST(@but AS text) IS NULL OR status <> CAST(@but AS text))`)

/** After a power cut nobody is at work with a key, and one whose try is not known is tried once more. */
const claimProbe = again(function* (lease: Lease, interval: number): Steps<UntriedKey | null> {
  for (const { any, claim } of UNTRIED) {
    // Most of the time there is none: looking waits for nobody.
    const row = (yield* one(any, { interval })) && (yield* one(claim, { ...lease, interval }))
    const key = row && (yield* currentKey(row.crm_account_id))
    if (key) return { ...key, pause: row.pause }
  }
  return null
})

const given = ({ key, runner }: Claim, { ago, pause }: NextTry, but: string | null) => ({
  ...{ generationId: key.generationId, runner, ago, pause: pause ?? null, but },
})

/** Where the answer changes nothing, which is nearly always: no lock is held for it. False when it may. */
const noteUnchanged = again(function* (claim: Claim, next: NextTry, seen?: SeenHealth): Steps<boolean> {
  const but = seen ? HEALTH_CHANGES[seen.health].from : null
  return (yield* run(NOTE_PROBE, given(claim, next, but))) === 1
})

const noteProbe = alone(
  ({ key }: Claim) => generationLock(key.generationId),
  function* (claim: Claim, next: NextTry, { health, now }: SeenHealth): Steps<Noted> {
    if ((yield* run(NOTE_PROBE, given(claim, next, null))) === 0) return 'gone'
    return (yield* changeHealth(claim.key.generationId, health, now)) ? 'changed' : 'noted'
  },
)

type KeyHealth = Pick<ConnectionStore, 'noteHealth' | 'claimProbe' | 'noteProbe'>

/** Whether Wazzup takes the apiKeys, and which of them is tried next. */
export const keyHealth = (run: Run): KeyHealth => ({
  noteHealth: (generationId, health, now) => run(noteHealth, generationId, health, now),
  claimProbe: (lease, interval) => run(claimProbe, lease, interval),
  async noteProbe(claim, next, seen) {
    if (await run(noteUnchanged, claim, next, seen)) return 'noted'
    return seen ? run(noteProbe, claim, next, seen) : 'gone'
  },
})
