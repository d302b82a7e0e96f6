// @module-tag long
import { expect, inject, onTestFinished, test } from 'vitest'
import { minutes, seconds } from '../../src/shared/clock.ts'
import { judge } from '../soak/figures.ts'
import { killOften, live, type Measured } from '../soak/rounds.ts'
import { prepare } from '../soak/service.ts'
import { expectFound, uploaded } from '../soak/work.ts'

/** On each engine; the two run side by side. */
const LASTS = minutes(Number(process.env['SOAK_MINUTES'] ?? 5))

/** Until then it is killed again and again; the process that lives on then is measured. */
const KILLED_UNTIL = LASTS / 3

/** In the last minute nothing more fails, so that what was interrupted comes to its end. */
const CALM_FROM = LASTS - Math.min(minutes(1), LASTS / 5)

/** Fewer rounds say nothing of a slope. */
const ENOUGH = 12

test(
  'memory, sockets and files stay flat while log, database and clients fail',
  { timeout: LASTS + minutes(20) },
  async ({ skip }) => {
    const soak = await prepare()
    if (!soak) return skip('it takes a disk of its own, which this user may not mount')
    const { target, story } = soak
    onTestFinished(({ task }) => {
      if (task.result?.state === 'fail')
        process.stdout.write(`\nSoak on ${inject('engine')}:\n${story.last()}\n`)
    })
    const { service, madeGood } = await killOften(soak, await soak.start(), KILLED_UNTIL)
    const readings = await live(soak, service, { until: LASTS, calmFrom: CALM_FROM, least: ENOUGH })
    await service.during(Promise.all([madeGood, uploaded(target, 'nordwind')]))
    await Promise.all([expectFound(target, 'acme'), expectFound(target, 'nordwind')])
    const grown = tell(readings, `${story.counted()}; ${inMinutes(soak.lasted())} minutes in all`)
    expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null })
    expect(grown).toEqual([])
  },
)

const inMinutes = (ms: number) => (ms / minutes(1)).toFixed(1)

/** Writes the figures down. Returns what has grown. */
function tell(readings: readonly Measured[], counted: string): string[] {
  const { table, grown } = judge(readings)
  const lasted = inMinutes(seconds((readings.at(-1)?.at ?? 0) - (readings[0]?.at ?? 0)))
  const title = `Soak on ${inject('engine')}: ${readings.length} rounds in ${lasted} minutes of one process`
  process.stdout.write(`\n${title}\n${table}\n${counted}\n`)
  return grown
}
