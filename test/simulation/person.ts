import { run } from '../../src/connect/run.ts'
import type { Row } from '../../src/connect/flow.ts'
import type { Outcome } from '../../src/connect/outcome.ts'
import { minutes, seconds } from '../../src/shared/clock.ts'
import { identityOf, newAttempt } from '../support/attempts.ts'
import { during } from './replica.ts'
import { actorNamed, type Actor } from './scheduler.ts'
import { type World } from './world.ts'

/** Whose digest `newAttempt` writes down. */
const SECRET = 'the browser'

/** How often somebody tries again before they give up. */
const PATIENCE = 12

/**
 * Somebody with a link. They are logged in when this begins: what they are shown, their press on «Connect» and the result
 * that they look at are rows of the real flow, each at any replica.
 */
export async function walkThrough(name: string, world: World): Promise<void> {
  const { dice, scheduler } = world
  const person = actorNamed(name)
  for (let links = 0; links < 3; links++) {
    const link = await logIn(person, world)
    if ((await confirmAndLook(person, link, world)) || dice.chance(0.5)) return
    await scheduler.sleep(person, dice.within(seconds(1), seconds(60)))
  }
}

interface Link {
  attemptId: string
  state: string
}

async function logIn(person: Actor, world: World): Promise<Link> {
  const { dice, scheduler, trace, wazzup, conditions, oracle, links } = world
  const account = dice.one(conditions.crmAccounts)
  const isShared = conditions.sharedStates && links.length > 0 && dice.chance(0.4)
  const state = isShared ? dice.one(links) : wazzup.mint(dice.one(conditions.wazzupAccounts))
  if (isShared) trace.count('links handed on')
  else links.push(state)
  const wazzupAccount = wazzup.wazzupAccountOf(state)
  const id = dice.text(16)
  trace.name(id, `A-${person.name}`)
  const arrive = () =>
    scheduler.turn(person, {
      async work() {
        const store = whereToArrive(world)
        if (!store) return false
        // Not all of them live long: what the person did not send in time ends.
        const told = { id, wazzupAccountId: wazzupAccount, life: dice.within(minutes(10), minutes(120)) }
        await store.attempts.open(newAttempt(state, told))
        await store.attempts.move(id, { from: ['arrived'], to: 'identifying' })
        const set = { identity: identityOf(account) }
        await store.attempts.move(id, { from: ['identifying'], to: 'identified', set })
        oracle.opened(id, { account, wazzupAccount })
        trace.tell(person, `is ${account}, with ${trace.show(state)} of ${wazzupAccount}`)
        return true
      },
    })
  while (!(await arrive())) await scheduler.sleep(person, seconds(1))
  return { attemptId: id, state }
}

/** Where each replica has encryption keys of its own, it takes one that serves. */
const whereToArrive = ({ conditions, store, replicas }: World) =>
  conditions.rotations ? (replicas.find(({ serves }) => serves)?.sealed ?? null) : store

/** @returns whether it ended as the person wished */
async function confirmAndLook(person: Actor, { attemptId, state }: Link, world: World): Promise<boolean> {
  const { dice, scheduler, trace } = world
  const ask = (row: Row, formToken: string | null = null) => request(row, { attemptId, formToken }, world)
  let token: string | null = null
  for (let tries = 0; tries < PATIENCE; tries++) {
    const outcome: Outcome | null = token === null ? await ask('review') : await ask('confirm', token)
    trace.tell(person, `${token === null ? 'looks' : 'presses'} → ${told(outcome)}`)
    if (token !== null && dice.chance(0.1)) void ask('confirm', token)
    await scheduler.sleep(person, dice.within(seconds(1), seconds(20)))
    token = outcome?.kind === 'review' ? outcome.review.csrfToken : null
    if (outcome?.kind !== 'go' || outcome.to === 'confirm') continue
    const result = await lookAtResult(person, ask, world)
    if (result.kind === 'connected') world.oracle.shownConnected(attemptId, state)
    if (result.kind !== 'again') return result.kind === 'connected'
    token = result.token
  }
  return false
}

type Ask = (row: Row) => Promise<Outcome | null>

async function lookAtResult(person: Actor, ask: Ask, { dice, scheduler, trace }: World) {
  for (let tries = 0; tries < PATIENCE; tries++) {
    const outcome = await ask('result')
    trace.tell(person, `sees ${told(outcome)}`)
    if (outcome?.kind === 'result') {
      const { result, csrfToken } = outcome
      if (result.reason === 'wazzup_busy') trace.count('looks while «not now» is waited out')
      if (result.status !== 'pending') trace.count(`result: ${result.reason ?? result.status}`)
      if (result.status === 'connected') return { kind: 'connected' as const }
      if (result.retry === 'confirm' && dice.chance(0.7)) {
        await scheduler.sleep(person, seconds(result.retryAfter ?? 1) + dice.within(0, seconds(5)))
        return { kind: 'again' as const, token: csrfToken }
      }
      if (result.status !== 'pending') return { kind: 'failed' as const }
    }
    await scheduler.sleep(person, dice.within(seconds(1), seconds(30)))
  }
  return { kind: 'failed' as const }
}

/** One request to any replica that lives; null when it is killed meanwhile, or its database is away. */
async function request(
  row: Row,
  { attemptId, formToken }: { attemptId: string; formToken: string | null },
  world: World,
): Promise<Outcome | null> {
  const { dice } = world
  const living = world.replicas.filter(({ alive, serves }) => alive && serves)
  if (living.length === 0) return null
  const replica = dice.one(living)
  const browser = new Map([[attemptId, SECRET]])
  const asked = {
    ...{
      attemptId,
      formToken,
      browser,
      rawQuery: '',
      answer: { params: new URLSearchParams(), headers: new Headers() },
      aware: true,
      again: false,
    },
    ...{ address: '203.0.113.7', requestId: attemptId },
  }
  const answered = during(replica, () => run(row, asked, replica.deps)).catch((error: unknown) => {
    world.expectUnavailable(replica.keys)(error)
    return null
  })
  return Promise.race([answered, replica.killed.then(() => null)])
}

function told(outcome: Outcome | null): string {
  if (!outcome) return 'no answer'
  if (outcome.kind === 'result') return `${outcome.result.status} ${outcome.result.reason ?? ''}`
  if (outcome.kind === 'review')
    return `a page that replaces ${outcome.review.replaces ? 'a connection' : 'nothing'}`
  return outcome.kind === 'go' ? `go to ${outcome.to}` : outcome.kind
}
