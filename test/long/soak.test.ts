// @module-tag long
import { join } from 'node:path'
import { inject, expect, onTestFinished, test } from 'vitest'
import { minutes, seconds } from '../../src/shared/clock.ts'
import { judge, readFigures, type Reading } from '../soak/figures.ts'
import { startPlace } from '../soak/place.ts'
import {
  expectFound,
  expectFoundOrAway,
  installAndUpload,
  ready,
  slowClients,
  startUpload,
  uploaded,
  type Target,
} from '../soak/work.ts'
import { freePort } from '../support/free-port.ts'
import { TOKEN } from '../support/internal-at-hand.ts'
import { nodeFlags } from '../support/node-flags.ts'
import { spawnService } from '../support/service-process.ts'
import { setUpAtHand } from '../support/set-up.ts'

/** On each engine; the two run side by side. */
const LASTS = minutes(Number(process.env['SOAK_MINUTES'] ?? 5))
const TELL_FIGURES = join(import.meta.dirname, '../soak/tell-figures.ts')

/** Which part of the time a process lives, and in what it is killed: Wazzup is asked for this. The last one is stopped. */
const LIVES = [
  { part: 1 / 15, killedIn: '/v3/connect' },
  { part: 2 / 15, killedIn: '/v3/contacts' },
  { part: 4 / 15, killedIn: '/v3/webhooks' },
  { part: 8 / 15, killedIn: null },
]

/** Fewer rounds say nothing of a slope. */
const ENOUGH = 9

/** More than one batch of each. */
const SIZES = { contacts: 250, deals: 120 }
const EXPORTS = { sizes: { acme: SIZES, nordwind: SIZES } }

/** A service whose log and database fail at times, and how it is started again after a kill. */
async function prepare() {
  const place = await startPlace()
  if (!place) return null
  onTestFinished(async () => {
    await place.stop()
  })
  const { url, env: given, sandbox, folder } = await setUpAtHand({ exports: EXPORTS })
  const internalPort = await freePort()
  const target: Target = { url, sandbox, internalUrl: `http://127.0.0.1:${internalPort}` }
  const figures = join(folder, 'figures')
  const env = {
    ...{ ...given, DATABASE_URL: place.databaseUrl, INTERNAL_TOKEN: TOKEN, LOG_LEVEL: 'info' },
    ...{ INTERNAL_PORT: String(internalPort), ATTEMPTS_PER_ADDRESS: '0', FIGURES_FILE: figures },
    ...{ LOG: place.log, PATH: process.env['PATH'] ?? '' },
  }
  const start = async () => {
    const nodeArgs = [...nodeFlags(), '--expose-gc']
    const service = spawnService(env, { nodeArgs, preload: TELL_FIGURES, shell: 'exec "$@" >>"$LOG"' })
    onTestFinished(() => {
      service.child.kill('SIGKILL')
    })
    const early = service.ended.then(({ code }) => {
      throw new Error(`the service ended with ${String(code)}: ${service.output()}`)
    })
    await Promise.race([ready(target), early])
    return service
  }
  return { place, target, start, figures }
}

type Soak = NonNullable<Awaited<ReturnType<typeof prepare>>>
type Service = Awaited<ReturnType<Soak['start']>>

/** What may come over a service in a day. */
async function goodAndBad({ place, target }: Soak) {
  await installAndUpload(target, 'nordwind')
  await expectFound(target, 'nordwind')
  await startUpload(target, 'nordwind')
  await place.fail()
  await ready(target, 503)
  await expectFoundOrAway(target, 'nordwind')
  await place.recover()
  await ready(target)
  await uploaded(target, 'nordwind')
  await expectFound(target, 'nordwind')
}

const round = (soak: Soak) => Promise.all([goodAndBad(soak), slowClients(soak.target, 20)])

/** Rounds for so many milliseconds, and the figures after each. */
async function live(soak: Soak, { child }: Service, { lasts, least }: { lasts: number; least: number }) {
  const readings: { at: number; reading: Reading }[] = []
  const began = performance.now()
  const now = () => performance.now() - began
  while (readings.length < least || now() < lasts) {
    await round(soak)
    const reading = await readFigures(Number(child.pid), soak.figures)
    readings.push({ at: now() / seconds(1), reading })
  }
  return readings
}

/**
 * It is killed in the midst of an install, while Wazzup is asked for this. The next process, and that person, make good what
 * is left: `madeGood`.
 */
async function killDuring(path: string, { target, start }: Soak, { child, ended }: Service) {
  const asked = () => target.sandbox.wazzup.requests.filter((request) => request.path === path).length
  const before = asked()
  const madeGood = Promise.all([installAndUpload(target, 'acme'), slowClients(target, 20)])
  // Looked at by the caller, beside the next rounds.
  madeGood.catch(() => undefined)
  await expect.poll(asked, { interval: 1 }).toBeGreaterThan(before)
  child.kill('SIGKILL')
  await ended
  return { service: await start(), madeGood }
}

test(
  'memory, sockets and files stay flat while log, database and clients fail',
  { timeout: 2 * LASTS + minutes(40) },
  async ({ skip }) => {
    const soak = await prepare()
    if (!soak) return skip('it takes a disk of its own, which this user may not mount')
    let service = await soak.start()
    // Another account than the one of the rounds.
    let madeGood: Promise<unknown> = installAndUpload(soak.target, 'acme')
    const grown: string[] = []
    for (const { part, killedIn } of LIVES) {
      const least = killedIn ? 1 : ENOUGH
      const [readings] = await Promise.all([live(soak, service, { lasts: LASTS * part, least }), madeGood])
      await expectFound(soak.target, 'acme')
      if (readings.length >= ENOUGH) grown.push(...tell(readings))
      if (killedIn) ({ service, madeGood } = await killDuring(killedIn, soak, service))
    }
    service.child.kill('SIGTERM')
    expect(await service.ended).toEqual({ code: 0, signal: null })
    expect(grown).toEqual([])
  },
)

/** Writes the figures down. Returns what has grown. */
function tell(readings: Parameters<typeof judge>[0]): string[] {
  const { table, grown } = judge(readings)
  const lasted = ((readings.at(-1)?.at ?? 0) / 60).toFixed(1)
  const title = `Soak on ${inject('engine')}: ${readings.length} rounds in ${lasted} minutes of one process`
  process.stdout.write(`\n${title}\n${table}\n`)
  return grown
}
