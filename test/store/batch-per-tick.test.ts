import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { batchPerTick } from '../../src/store/batch-per-tick.ts'

describe('questions that are gathered', () => {
  test('of one tick are answered together, each with its own answer; those of the next by themselves', async () => {
    const together: string[][] = []
    const ask = batchPerTick<string, string>(async (all) => {
      together.push([...all])
      return all.map((one) => `${one}!`)
    })
    expect(await Promise.all(['a', 'b', 'a'].map(ask))).toEqual(['a!', 'b!', 'a!'])
    await nextTurn()
    expect(await ask('c')).toBe('c!')
    expect(together).toEqual([['a', 'b', 'a'], ['c']])
  })

  test('are answered later than the last of them was asked', async () => {
    let state = 'older'
    const ask = batchPerTick<string, string>(async (all) => all.map(() => state))
    const first = ask('a')
    state = 'newer'
    expect(await Promise.all([first, ask('b')])).toEqual(['newer', 'newer'])
  })

  test('are each told when all cannot be answered, and the next ones are asked anew', async () => {
    let works = false
    const ask = batchPerTick<string, string>(async (all) => {
      if (!works) throw new Error('nobody is there')
      return all
    })
    const outcomes = await Promise.allSettled([ask('a'), ask('b')])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    works = true
    expect(await ask('a')).toBe('a')
  })

  test('are each told, too, when the engine throws before it has promised anything', async () => {
    let works = false
    const ask = batchPerTick<string, string>((all) => {
      if (!works) throw new Error('the database is closed')
      return Promise.resolve(all)
    })
    const refused = { status: 'rejected', reason: new Error('the database is closed') }
    expect(await Promise.allSettled([ask('a'), ask('b')])).toMatchObject([refused, refused])
    works = true
    expect(await ask('a')).toBe('a')
  })

  test('may fail one by one', async () => {
    const ask = batchPerTick<string, string>(async (all) =>
      all.map((one) => (one === 'bad' ? Promise.reject(new Error('this one')) : one)),
    )
    const [good, bad] = await Promise.allSettled([ask('good'), ask('bad')])
    expect(good).toEqual({ status: 'fulfilled', value: 'good' })
    expect(bad).toMatchObject({ status: 'rejected', reason: new Error('this one') })
  })
})
