import { describe, expect, test } from 'vitest'
import { systemRandom } from '../../../src/shared/random.ts'
import { connected } from '../../support/attempts.ts'
import { internalAtHand, lookUp } from '../../support/internal-at-hand.ts'

describe('guards', () => {
  test('a caller who guesses is slowed down; a good key is answered all the same', async () => {
    const strict = await internalAtHand({ failureLimit: { max: 3, window: 60_000 } })
    const { crmKey } = await connected(strict.store, 'acme', 'api-key-1')
    const guesses = []
    for (let i = 0; i < 5; i++) guesses.push(await lookUp(strict, systemRandom(32)))
    expect(guesses.map(({ status }) => status)).toEqual([404, 404, 404, 429, 429])
    expect(Number(guesses[4]?.headers.get('retry-after'))).toBeGreaterThan(0)
    for (let i = 0; i < 10; i++) expect((await lookUp(strict, crmKey)).status).toBe(200)
  })

  test('a limiter that fails is not noticed by anybody', async () => {
    class Broken {
      incr(_key: string, done: (error: Error) => void) {
        done(new Error('the counter is gone'))
      }
      child() {
        return this
      }
    }
    const broken = await internalAtHand({ failureLimit: { max: 3, window: 60_000, store: Broken } })
    const { crmKey } = await connected(broken.store, 'acme', 'api-key-1')
    expect((await lookUp(broken, crmKey)).status).toBe(200)
    expect((await lookUp(broken, systemRandom(32))).status).toBe(404)
    expect(broken.log.events('internal.limit_failed')).toHaveLength(1)
  })
})
