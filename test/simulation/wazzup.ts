import { digest } from '../../src/crypto/digest.ts'
import { minutes, seconds } from '../../src/shared/clock.ts'
import type { ProbeKey } from '../../src/wazzup/key-health.ts'
import type { Connect, ConnectAnswer } from '../../src/wazzup/connect.ts'
import type { Conditions } from './conditions.ts'
import type { Dice } from './dice.ts'
import type { Oracle } from './oracle.ts'
import { actorNamed, type Actor, type Scheduler } from './scheduler.ts'
import type { Trace } from './trace.ts'

/** As `src/wazzup/client.ts` waits. */
const DEADLINE = seconds(15)

const STATE_LIFE = minutes(10)

interface State {
  wazzupAccount: string
  mintedAt: number
  /** The apiKey that it was exchanged for. */
  apiKey: string | null
  /** Wazzup will not take it, whoever sends it. */
  doomed: boolean
}

/** What a request is about. */
interface Sent {
  state: string
  crmKey: string
}

/** What happens to one request, besides what Wazzup thinks of it. */
type Fate =
  'answered' | 'lost' | 'slow' | 'broken before' | 'broken after' | 'garbled' | 'busy' | 'unreachable'

export interface SimulatedWazzup {
  /** The state of a link for this Wazzup account. */
  mint(wazzupAccount: string): string
  wazzupAccountOf(state: string): string
  connectFor(replica: Actor): Connect
  /** Tries an apiKey, as any call with it does. */
  probeFor(replica: Actor): ProbeKey
  /** While calm, every request is answered, and soon. */
  setCalm(calm: boolean): void
}

interface Environment {
  dice: Dice
  scheduler: Scheduler
  trace: Trace
  oracle: Oracle
  conditions: Conditions
  /** Told of the moment when a state is accepted, and nobody knows yet. */
  atStake: (sender: Actor) => void
}

const REFUSED: ConnectAnswer = {
  kind: 'refused',
  reason: 'state_refused',
  status: 400,
  code: 'INVALID_STATE',
}
const BROKEN: ConnectAnswer = { kind: 'unknown', status: 502, code: 'server_error' }
const RESET: ConnectAnswer = { kind: 'unknown', status: null, code: 'ECONNRESET' }
const LATE: ConnectAnswer = { kind: 'unknown', status: null, code: 'timeout' }
const GARBLED: ConnectAnswer = { kind: 'bad_answer', status: 200, code: 'answer_malformed' }
const UNREACHABLE: ConnectAnswer = {
  ...{ kind: 'not_processed', status: null, code: 'ECONNREFUSED', retryAfter: null },
}

/** What `/v3/connect` does, and the network before it: a small model that keeps to what is known of Wazzup. */
export function createWazzup(environment: Environment): SimulatedWazzup {
  const { dice, scheduler, trace, oracle, conditions, atStake } = environment
  const wazzup = actorNamed('wazzup')
  const states = new Map<string, State>()
  /** The newest of each Wazzup account, and whose each is. */
  const apiKeys = new Map<string, string>()
  const holders = new Map<string, string>()
  let [calm, keysMade] = [false, 0]

  const stateOf = (state: string): State => {
    const known = states.get(state)
    if (!known) throw new Error('A state that Wazzup never made')
    return known
  }

  function newKey(wazzupAccount: string): string {
    const held = apiKeys.get(wazzupAccount)
    if (held !== undefined && dice.chance(conditions.sameKeyAgain)) {
      trace.count('same key again')
      return held
    }
    const apiKey = `api-key-${++keysMade}-${dice.text(6)}`
    trace.name(apiKey, `apiKey${keysMade}`)
    apiKeys.set(wazzupAccount, apiKey)
    holders.set(apiKey, wazzupAccount)
    return apiKey
  }

  function tried(apiKey: string) {
    if (!calm && dice.chance(conditions.lostAnswers))
      return { health: 'unknown' as const, status: null, code: 'timeout' }
    const lives = !conditions.olderKeyDies || apiKeys.get(holders.get(apiKey) ?? '') === apiKey
    if (lives) return { health: 'valid' as const, status: 200, code: null }
    trace.count('keys that died')
    return { health: 'invalid' as const, status: 401, code: null }
  }

  /** Wazzup acts; what it answers may still be lost. */
  function act(sender: Actor, { state, crmKey }: Sent): ConnectAnswer {
    const known = stateOf(state)
    const { wazzupAccount, apiKey: given, doomed, mintedAt } = known
    if (given !== null) {
      return conditions.stateReuse === 'same-key' ? { kind: 'accepted', apiKey: given } : REFUSED
    }
    if (doomed || scheduler.now() > mintedAt + STATE_LIFE) return REFUSED
    const apiKey = newKey(wazzupAccount)
    known.apiKey = apiKey
    oracle.accepted(crmKey)
    atStake(sender)
    return { kind: 'accepted', apiKey }
  }

  function fateOf(): Fate {
    if (calm) return 'answered'
    if (dice.chance(conditions.busy)) return dice.one(['busy', 'unreachable'])
    if (dice.chance(conditions.lostAnswers))
      return dice.one(['lost', 'lost', 'broken before', 'broken after', 'garbled'])
    return dice.chance(conditions.slowAnswers) ? 'slow' : 'answered'
  }

  function answerTo(sender: Actor, fate: Fate, sent: Sent): ConnectAnswer {
    if (fate === 'busy') {
      const retryAfter = dice.one([null, seconds(2), seconds(30), seconds(120)])
      return { kind: 'not_processed', status: 429, code: 'too_many_requests', retryAfter }
    }
    if (fate === 'broken before') return BROKEN
    const answer = act(sender, sent)
    if (fate === 'lost') return RESET
    if (fate === 'broken after') return BROKEN
    return fate === 'garbled' && answer.kind === 'accepted' ? GARBLED : answer
  }

  function send(replica: Actor, fate: Fate, sent: Sent) {
    const slow = fate === 'slow'
    return new Promise<ConnectAnswer>((resolve) => {
      const arrives = () => {
        const answer = answerTo(replica, fate, sent)
        trace.tell(wazzup, () => `${trace.show(sent.state, sent.crmKey)} → ${trace.show(answer)} (${fate})`)
        if (fate !== 'answered') trace.count(`wazzup: ${fate}`)
        const onItsWay = slow ? dice.within(seconds(4), seconds(20)) : dice.within(5, 800)
        void scheduler.turn(replica, { in: onItsWay, work: () => answer }).then(resolve)
      }
      void scheduler.turn(wazzup, {
        in: slow ? dice.within(0, seconds(10)) : dice.within(5, 500),
        work: arrives,
      })
      void scheduler.turn(replica, { in: DEADLINE, work: () => LATE }).then(resolve)
    })
  }

  return {
    mint(wazzupAccount) {
      const state = `state-${states.size + 1}-${dice.text(6)}`
      for (const text of [state, digest(state)]) trace.name(text, `S${states.size + 1}`)
      const doomed = dice.chance(conditions.refusals)
      states.set(state, { wazzupAccount, mintedAt: scheduler.now(), apiKey: null, doomed })
      return state
    },
    wazzupAccountOf: (state) => stateOf(state).wazzupAccount,
    connectFor: (replica) => async (request) => {
      const fate = fateOf()
      await scheduler.sleep(replica, 0)
      if (fate === 'unreachable') return UNREACHABLE
      oracle.posted(request.state, request.crmKey)
      trace.count('requests')
      const answer = await send(replica, fate, request)
      if (answer.kind === 'accepted') oracle.delivered(request.crmKey, answer.apiKey, replica)
      return answer
    },
    probeFor: (replica) => async (apiKey) => {
      await scheduler.sleep(replica, dice.within(5, 500))
      const answer = tried(apiKey)
      await scheduler.sleep(replica, dice.within(5, seconds(2)))
      return answer
    },
    setCalm: (wanted) => void (calm = wanted),
  }
}
