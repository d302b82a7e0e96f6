import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { createDice } from '../simulation/dice.ts'
import { firedIn, promtool, readRules, type Series } from '../support/promtool.ts'
import { DAY, HEALTHY, HOUR, missed, ON, reached, rising, steady, TROUBLES } from './troubles.ts'
import { eachOfFirst, LONG } from '../support/long.ts'

const where = promtool === undefined ? ' (left out: promtool of Prometheus is not installed here)' : ''

describe.skipIf(promtool === undefined)(`the rules for alerts, as Prometheus runs them${where}`, () => {
  /** What is told of a service that is well but for this. */
  const told = (series: Series, minutes: number, every = 1) =>
    firedIn({ series: { ...HEALTHY, ...series }, minutes, every })

  test('are read without a complaint', async () => {
    expect(await readRules()).toMatch(/SUCCESS: \d+ rules found/)
  })

  test('say nothing for half a day in which all is well', async () => {
    expect(await told({}, DAY / 2)).toEqual([])
  })

  for (const [alert, { series, within, every }] of Object.entries(TROUBLES)) {
    const tags = within > DAY ? ['long'] : []
    test(`${alert} is told in time, and nothing else`, { tags }, async () => {
      expect(await told(series, within, every)).toEqual([alert])
    })
  }

  test('each has a trouble here that it tells', async () => {
    const text = await readFile(new URL('../../docs/observability/alerts.yaml', import.meta.url), 'utf8')
    const { groups } = parse(text) as { groups: { rules: { alert: string }[] }[] }
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert))
    expect(Object.keys(TROUBLES).sort()).toEqual(alerts.sort())
  })

  describe('the login is set up wrongly:', () => {
    const events = (values: string): Series => ({ [missed('logged_in', 'login_misconfigured')]: values })

    test('told within a quarter of an hour when it happens more often than that somebody logs in', async () => {
      expect(await told({ ...events(rising(6)), [reached('logged_in')]: rising(4) }, 15)).toEqual([
        'WauthLoginMisconfigured',
      ])
    })

    test('told by the second time, where nobody has logged in for an hour', async () => {
      const loggedIn = `0+8x${HOUR} ${8 * HOUR}+0${ON}`
      const arrived = `0+10x${HOUR} ${10 * HOUR}+0x70 ${10 * HOUR + 2}+0${ON}`
      const quiet = { [reached('logged_in')]: loggedIn, [reached('arrived')]: arrived }
      const two = events(`0+0x${HOUR + 70} 1+0x1 2+0${ON}`)
      expect(await told({ ...quiet, ...events(`0+0x${HOUR + 70} 1+0${ON}`) }, HOUR + 80)).toEqual([])
      expect(await told({ ...quiet, ...two }, HOUR + 80)).toEqual(['WauthLoginMisconfigured'])
    })

    eachOfFirst(1)<[string, string]>([
      ['one person has done it by an address of their own', `0+0x20 1+0${ON}`],
      ['one person has done it ten times', `0+0x20 0+1x10 10+0${ON}`],
      ['one of a hundred has an account that is not told', rising(0.08)],
    ])('not told when %s, and others log in', async (_what, values) => {
      expect(await told(events(values), 2 * HOUR)).toEqual([])
    })
  })

  describe('most who arrive do not log in:', () => {
    /** Nobody comes further than the login, so that only the login is judged. */
    const funnel = (arrived: string, loggedIn: string): Series => ({
      [reached('arrived')]: arrived,
      [reached('logged_in')]: loggedIn,
      [reached('confirmed')]: steady(0),
      [missed('connected', 'state_refused')]: steady(0),
    })

    /** Each second somebody may come, and each who comes logs in with this probability. */
    function byChance(perMinute: number, logsIn: number): [arrived: string, loggedIn: string] {
      const dice = createDice(1)
      let [arrived, loggedIn] = [0, 0]
      const minutes = Array.from({ length: DAY / 2 }, () => {
        for (let second = 0; second < 60; second += 1) {
          if (!dice.chance(perMinute / 60)) continue
          arrived += 1
          if (dice.chance(logsIn)) loggedIn += 1
        }
        return { arrived, loggedIn }
      })
      return [minutes.map((by) => by.arrived).join(' '), minutes.map((by) => by.loggedIn).join(' ')]
    }

    test('told within a quarter of an hour, also after hours in which everybody logged in', async () => {
      const series = funnel(rising(10), `0+10x${8 * HOUR} ${8 * HOUR * 10}+0x${HOUR}`)
      expect(await told(series, 8 * HOUR)).toEqual([])
      expect(await told(series, 8 * HOUR + 15)).toEqual(['WauthFewLogIn'])
    })

    test('told of two replicas together, each of which has few customers', async () => {
      const replica = (instance: string) => ({
        [`wauth_funnel_reached_total{stage="arrived",instance="${instance}"}`]: rising(5),
        [`wauth_funnel_reached_total{stage="logged_in",instance="${instance}"}`]: rising(0),
      })
      const none = funnel(steady(0), steady(0))
      expect(await told({ ...none, ...replica('a'), ...replica('b') }, 15)).toEqual(['WauthFewLogIn'])
    })

    test('told within a working day where six an hour arrive', async () => {
      expect(await told(funnel(rising(6 / HOUR), steady(0)), 8 * HOUR)).toEqual(['WauthFewLogIn'])
    })

    eachOfFirst(1)<[string, Series]>([
      ['three of ten log in', funnel(...byChance(10, 0.3))],
      ['three of ten log in, where one arrives every two minutes', funnel(...byChance(0.5, 0.3))],
      ['wauth check comes every hour, and nobody else', funnel(rising(1 / HOUR), steady(0))],
      [
        'fifty come at once after a letter to all, and take four minutes for the login',
        funnel(`0+0x20 50+0x${DAY}`, `0+0x24 10+0x1 25+0x1 40+0x${DAY}`),
      ],
    ])('not told when %s', async (_what, series) => {
      expect(await told(series, DAY / 2)).toEqual([])
    })

    test('not told when two arrive in a day, and neither logs in', LONG, async () => {
      // In steps of five minutes: 144 are half a day.
      const arrived = [0, 1, 2, 3, 4, 5, 6].map((count) => `${count}+0x143`).join(' ')
      expect(await told(funnel(arrived, steady(0)), 3 * DAY, 5)).toEqual([])
    })
  })
})
