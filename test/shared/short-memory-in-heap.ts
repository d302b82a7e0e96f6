/** Says after each step whether an opened apiKey, or a crmKey that was looked up, is still somewhere in the memory of this process. */
import { randomBytes } from 'node:crypto'
import { mock } from 'node:test'
import { getHeapSnapshot } from 'node:v8'
import { createLookup } from '../../src/keys/lookup.ts'
import { SECRET_LIFE } from '../../src/shared/short-memory.ts'
import type { ResolvedKey } from '../../src/store/key.ts'
import { openedKeys } from '../../src/store/opened-keys.ts'

mock.timers.enable({ apis: ['setTimeout'] })
// A process is never without age: to the memory, 0 is no time.
let now = 1

const FOUND: ResolvedKey = {
  ...{ connectionId: 'c', generationId: 'g', crmAccountId: 'acme', generation: 1, apiKey: () => 'sealed' },
  ...{ crmAccountName: 'Acme', wazzupAccountId: null, keyStatus: 'current' },
}
const lookup = createLookup({ find: () => Promise.resolve(FOUND) }, () => now)

/** Not a string of this heap: bytes outside of it, and a text that is made again each time. */
const [apiKey, crmKey] = [randomBytes(24), randomBytes(24)]

const keys = openedKeys(
  () => apiKey.toString('hex'),
  () => now,
)

/** As the answer to a look-up is remembered, beside the key that it tells. */
const answers = new WeakMap<ResolvedKey, string>()
const open = () => {
  const key = keys.of('hash', FOUND)
  answers.set(key, JSON.stringify(key.apiKey()))
}
/** A handler in process may keep what it was given. */
const openAndKeep = () => {
  const key = keys.of('kept', FOUND)
  key.apiKey()
  return key
}

async function isInMemory(secret: Buffer): Promise<boolean> {
  const parts: Buffer[] = []
  for await (const part of getHeapSnapshot()) parts.push(Buffer.from(part as Buffer))
  const [hex, snapshot] = [Buffer.alloc(48), Buffer.concat(parts)]
  hex.write(secret.toString('hex'), 'latin1')
  return snapshot.includes(hex)
}

function passLife() {
  for (let passed = 0; passed < SECRET_LIFE; passed += 5000) {
    now += 5000
    mock.timers.tick(5000)
  }
}

const seen: Record<string, boolean> = {}
const kept = [openAndKeep()]
open()
await lookup(crmKey.toString('hex'))
seen['opened'] = await isInMemory(apiKey)
seen['looked up'] = await isInMemory(crmKey)
passLife()
seen['opened a minute ago'] = await isInMemory(apiKey)
seen['looked up a minute ago'] = await isInMemory(crmKey)
open()
kept.push(openAndKeep())
keys.forgetAccount('acme')
seen['disconnected'] = await isInMemory(apiKey)
open()
keys.forget('hash')
seen['not found any more'] = await isInMemory(apiKey)
seen['kept, and opened again'] = kept.every((key) => key.apiKey() === apiKey.toString('hex'))
process.stdout.write(JSON.stringify(seen))
