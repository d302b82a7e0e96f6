import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createKeyRing } from '../../src/crypto/key-ring.ts'
import { createSealer } from '../../src/crypto/sealer.ts'
import { createLookup, type Lookup } from '../../src/keys/lookup.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { sealStore } from '../../src/store/sealed.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { OPERATOR } from '../contracts/store-lifecycle.ts'
import { connected } from '../support/attempts.ts'
import { tempDir } from '../support/temp-dir.ts'

const PER_KIND = 100_000
/** Beyond this, two kinds can be told apart by their times (the bar of TVLA and dudect). */
const THRESHOLD = 4.5
const ROUNDS = 3

/** Welch's t between two samples. */
function welch(a: Float64Array, b: Float64Array): number {
  const [one, two] = [moments(a), moments(b)]
  return (one.mean - two.mean) / Math.sqrt(one.variance / a.length + two.variance / b.length)
}

function moments(sample: Float64Array) {
  const mean = sample.reduce((sum, x) => sum + x, 0) / sample.length
  return { mean, variance: sample.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (sample.length - 1) }
}

/** The slowest hundredth is the machine's doing: it would drown what is looked for. */
function cropped(all: readonly Float64Array[]): Float64Array[] {
  const limit =
    Float64Array.from(all.flatMap((one) => [...one.subarray(0, 10_000)]))
      .sort()
      .at(-300) ?? Infinity
  return all.map((one) => one.filter((x) => x <= limit))
}

/** Looks the keys of each kind up in turns. Resolves to Welch's t of each two kinds. */
async function compare(kinds: readonly string[][], lookup: Lookup): Promise<number[]> {
  const times = kinds.map(() => new Float64Array(PER_KIND))
  for (let i = 0; i < PER_KIND; i++) {
    // Beginning with another one each time, so that drifts and neighbours hit all alike.
    for (let k = 0; k < kinds.length; k++) {
      const kind = (k + i) % kinds.length
      const crmKey = kinds[kind]?.[i % 50] ?? ''
      const started = performance.now()
      const found = await lookup(crmKey)
      const sample = times[kind]
      if (sample) sample[i] = performance.now() - started
      if (found) throw new Error('this key must not resolve')
    }
  }
  const samples = cropped(times)
  return samples.flatMap((one, i) => samples.slice(i + 1).map((other) => welch(one, other)))
}

const tells = (t: number) => Math.abs(t) >= THRESHOLD

test('a key that never was, a revoked and a malformed one take the same time', async () => {
  const dir = await tempDir()
  const ring = createKeyRing([{ id: 'k1', key: randomBytes(32) }])
  const store = sealStore(await openSqliteStore(join(dir.path, 'wauth.db')), createSealer(ring))
  const revoked: string[] = []
  for (let i = 0; i < 50; i++) {
    revoked.push((await connected(store, `gone-${i}`, `api-key-${i}`)).crmKey)
    await store.connections.disconnect(`gone-${i}`, OPERATOR, new Date())
    await connected(store, `live-${i}`, `live-key-${i}`)
  }
  const lookup = createLookup(store.keys)
  // Of the same length each: what differs is only what they are.
  const kinds = [
    Array.from({ length: 50 }, () => systemRandom(32)),
    revoked,
    Array.from({ length: 50 }, () => `!${systemRandom(32).slice(1)}`),
  ]
  // A difference that is there shows every time; one that a busy machine makes does not come back.
  let t: number[] = []
  for (let round = 1; round <= ROUNDS && (round === 1 || t.some(tells)); round++)
    t = await compare(kinds, lookup)
  expect(t).toHaveLength(3)
  expect(t.filter(tells), `t = ${t.join(', ')}, in each of ${ROUNDS} rounds`).toEqual([])
  await store.close()
  await dir.remove()
}, 600_000)
