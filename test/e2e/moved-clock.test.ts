import { describe, expect, test } from 'vitest'
import { hours, minutes } from '../../src/shared/clock.ts'
import { connectorAtHand, type ConnectorOptions } from '../support/connector.ts'
import { ATTEMPTS } from './under-way/attempts.ts'
import { EXCHANGES } from './under-way/exchanges.ts'
import { KEYS } from './under-way/keys.ts'
import { UPLOADS } from './under-way/uploads.ts'
import { RESTLESS } from './under-way/work.ts'

/** A machine that is busy with other tests, too, may keep a database waiting. */
const isNotOfBusyServer = ({ err }: Record<string, unknown>) =>
  !(err as { code?: string }).code?.startsWith('storage_')

const long = { tags: ['long'] }

describe.each([
  { by: -hours(1), name: 'an hour back' },
  { by: hours(1), name: 'an hour forward' },
  { by: -minutes(20), name: 'twenty minutes back', terms: long },
  { by: minutes(20), name: 'twenty minutes forward', terms: long },
])('a clock that is set $name loses nothing, stops nobody and ends nobody’s work', ({ by, terms = {} }) => {
  test.for([...ATTEMPTS, ...EXCHANGES, ...UPLOADS, ...KEYS])('$work', terms, async ({ options, begin }) => {
    const more: ConnectorOptions = (await options?.()) ?? {}
    const connector = await connectorAtHand({
      ...more,
      env: { ...RESTLESS.env, ...more.env },
      overrides: { ...RESTLESS.overrides, ...more.overrides },
    })
    const goOn = await begin(connector, by)
    connector.setClock(by)
    await goOn()
    expect(connector.log.events('worker.failed').filter(isNotOfBusyServer)).toEqual([])
  })
})
