/** Says after each step whether an opened apiKey is still somewhere in the memory of this process. */
import { randomBytes } from 'node:crypto'
import { mock } from 'node:test'
import { getHeapSnapshot } from 'node:v8'
import { openedKeys } from '../../src/store/opened-keys.ts'
import { SECRET_LIFE } from '../../src/shared/short-memory.ts'

mock.timers.enable({ apis: ['setTimeout'] })
// A process is never without age: to the cache, 0 is no time.
let now = 1
const keys = openedKeys(() => now)

/** Not a string of this heap: bytes outside of it, and a text that is made again each time. */
const bytes = randomBytes(24)
const textOf = () => bytes.toString('hex')

const open = () => void keys.open({ crmKeyHash: 'hash', crmAccountId: 'acme', sealed: 'sealed' }, textOf)

async function isInMemory(): Promise<boolean> {
  const parts: Buffer[] = []
  for await (const part of getHeapSnapshot()) parts.push(Buffer.from(part as Buffer))
  const [hex, snapshot] = [Buffer.alloc(48), Buffer.concat(parts)]
  hex.write(textOf(), 'latin1')
  return snapshot.includes(hex)
}

function pass(ms: number) {
  now += ms
  mock.timers.tick(ms)
}

const seen: Record<string, boolean> = {}
open()
seen['opened'] = await isInMemory()
for (let passed = 0; passed < SECRET_LIFE; passed += 5000) pass(5000)
seen['a minute later'] = await isInMemory()
open()
keys.forgetAccount('acme')
seen['disconnected'] = await isInMemory()
open()
keys.forget('hash')
seen['not found any more'] = await isInMemory()
process.stdout.write(JSON.stringify(seen))
