import { hostname } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { lookUp } from '../support/internal-at-hand.ts'
import { replicasAtHand, type Replica } from '../support/replicas.ts'
import { wauth } from '../support/wauth-command.ts'

type Replicas = Awaited<ReturnType<typeof replicasAtHand>>

const nameOf = ({ child }: Replica) => `${hostname()}:${child.pid ?? ''}`

/** Connects a customer, again and again; every third time the answer of Wazzup is lost, and a worker has to send it again. */
async function install(at: Replicas, count: number) {
  if (count % 3 === 0) at.sandbox.wazzup.faults.push(fault.processThen('reset'))
  const { browser } = await walkToConfirm(at, { browser: createBrowser() })
  await pressConfirm(browser)
  await expect.poll(() => resultOf(browser)).toMatchObject({ status: 'connected' })
}

/** Customers come, and webhooks of all who have come are looked up on every replica, until it is over. */
function startLoad(at: Replicas) {
  const load = { over: false, installs: 0, lookUps: 0, failed: [] as unknown[] }
  const installing = async () => {
    while (!load.over) await install(at, load.installs++)
  }
  const lookingUp = async () => {
    while (!load.over) {
      const made = at.sandbox.wazzup.connections()
      const { crmKey, apiKey } = made[load.lookUps % made.length] ?? {}
      const replicas = at.live()
      const one = replicas[load.lookUps++ % replicas.length]
      const { status, body } = await lookUp({ url: one?.internalUrl ?? '' }, crmKey)
      const pending = (body as { keyStatus?: string }).keyStatus === 'pending'
      if (status !== 200 || (!pending && (body as { apiKey?: unknown }).apiKey !== apiKey))
        load.failed.push({ status, body, crmKey })
    }
  }
  const running = Promise.all([installing(), lookingUp()])
  // Where the test has failed, nobody waits for it.
  running.catch(() => undefined)
  onTestFinished(() => void (load.over = true))
  return {
    load,
    async end() {
      load.over = true
      await running
    },
  }
}

async function restart(at: Replicas, old: Replica) {
  await at.add()
  at.takeOut(old)
  expect(await old.stop()).toEqual({ code: 0, signal: null })
}

test(
  'the key is changed while customers come and webhooks are looked up: nothing fails',
  { tags: ['long'] },
  async () => {
    const at = await replicasAtHand(3)
    at.sandbox.wazzup.switches.stateReuse = 'same-key'
    const command = (...args: string[]) => wauth(args, { env: { ...at.env, PORT: '3000' } })
    const older = at.env['ENCRYPTION_KEYS'] ?? ''
    await install(at, 1)
    const { load, ...customers } = startLoad(at)

    const newer = (await command('keys', 'generate', '--id', 'new')).stdout.trim()
    at.env['ENCRYPTION_KEYS'] = `${older},${newer}`
    const [first, ...others] = at.live()
    if (!first) throw new Error('no replica')
    await restart(at, first)

    // Somebody is in a hurry.
    at.env['ENCRYPTION_KEYS'] = `${newer},${older}`
    const early = await command('keys', 'rotate', '--yes')
    expect(early).toMatchObject({ code: 78, stdout: '' })
    for (const one of others) expect(early.stderr).toContain(nameOf(one))
    expect(early.stderr).not.toContain(nameOf(first))

    at.env['ENCRYPTION_KEYS'] = `${older},${newer}`
    for (const one of others) await restart(at, one)
    const check = await command('check', '--offline', '--json')
    expect(JSON.parse(check.stdout)).toMatchObject({
      checks: expect.arrayContaining([
        expect.objectContaining({ name: 'key-ring', status: 'pass' }),
        expect.objectContaining({ name: 'database-clock', status: 'pass' }),
      ]) as unknown,
    })

    at.env['ENCRYPTION_KEYS'] = `${newer},${older}`
    for (const one of at.live()) await restart(at, one)
    const rotated = await command('keys', 'rotate', '--yes', '--json')
    expect(JSON.parse(rotated.stdout)).toMatchObject({
      ...{ key: 'new', toDo: 0, forgotten: ['test'], lacking: [], sealingOtherwise: [] },
    })

    at.env['ENCRYPTION_KEYS'] = newer
    for (const one of at.live()) await restart(at, one)

    await customers.end()
    expect(load.failed).toEqual([])
    expect(load.installs).toBeGreaterThan(6)
    expect(load.lookUps).toBeGreaterThan(100)
    expect(
      await at.database.query("SELECT status, reason FROM exchanges WHERE status <> 'connected'"),
    ).toEqual([])
    const told = at.replicas.map((replica) => replica.output()).join('')
    expect(told).not.toMatch(/seal_unknown_key|given_up|keys\.lacking/)
  },
)
