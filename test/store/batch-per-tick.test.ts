import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { batchInTurn, batchPerTick } from '../../src/store/batch-per-tick.ts'

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

describe('questions of which one query at a time is made', () => {
  /** Answers when the test says so. */
  function slowly() {
    const together: string[][] = []
    const under: PromiseWithResolvers<undefined>[] = []
    const ask = batchInTurn<string, string>(async (all) => {
      together.push([...all])
      const way = Promise.withResolvers<undefined>()
      under.push(way)
      await way.promise
      return all
    })
    return { ask, together, under }
  }

  test('share the next one when they come while it is under way', async () => {
    const { ask, together, under } = slowly()
    const answers = [ask('a')]
    await nextTurn()
    answers.push(ask('b'))
    await nextTurn()
    answers.push(ask('c'))
    await nextTurn()
    expect(together).toEqual([['a']])
    under[0]?.resolve(undefined)
    await nextTurn()
    await nextTurn()
    under[1]?.resolve(undefined)
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c'])
    expect(together).toEqual([['a'], ['b', 'c']])
  })

  test('are answered, too, when the one before has failed', async () => {
    const { ask, under } = slowly()
    const first = ask('a')
    await nextTurn()
    const second = ask('b')
    under[0]?.reject(new Error('nobody is there'))
    await expect(first).rejects.toThrow('nobody is there')
    await nextTurn()
    under[1]?.resolve(undefined)
    expect(await second).toBe('b')
  })
})
