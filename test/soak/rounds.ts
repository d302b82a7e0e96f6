import { seconds } from '../../src/shared/clock.ts'
import { readFigures, type Reading } from './figures.ts'
import type { Service, Soak } from './service.ts'
import { slowClients } from './slow-clients.ts'
import { expectFound, installAndUpload, lookUpMeanwhile, ready, startUpload } from './work.ts'

/** In one round, none of whom ever ends a request. */
const SLOW_CLIENTS = 20

async function good({ target }: Soak) {
  await installAndUpload(target, 'nordwind')
  await expectFound(target, 'nordwind')
}

/** Its database is away in the midst of an upload. The log comes back with it, where it was away. */
async function bad({ place, target, story }: Soak) {
  await startUpload(target, 'nordwind')
  story.note('the database fails')
  await place.fail()
  await ready(target, 503)
  await lookUpMeanwhile(target, 'nordwind')
  await place.recover()
  story.note('the database is back')
  await ready(target)
  await expectFound(target, 'nordwind')
  story.count('outages')
}

/** What may come over a service in a day. */
async function round(soak: Soak, service: Service, isCalm: boolean) {
  const work = async () => {
    await good(soak)
    if (!isCalm) await bad(soak)
  }
  await service.during(Promise.all([work(), slowClients(soak.target, SLOW_CLIENTS)]))
  soak.story.note('a round is over')
}

export interface Measured {
  /** In seconds. */
  at: number
  reading: Reading
}

/** Rounds until that time, and the figures after each; calm ones from a time before, and on until so many were measured. */
export async function live(
  soak: Soak,
  service: Service,
  { until, calmFrom, least }: { until: number; calmFrom: number; least: number },
): Promise<Measured[]> {
  const readings: Measured[] = []
  while (readings.length < least || soak.lasted() < until) {
    await round(soak, service, soak.lasted() > calmFrom)
    const reading = await readFigures(service.pid, soak.figures)
    readings.push({ at: soak.lasted() / seconds(1), reading })
  }
  return readings
}

/** In what it is killed: Wazzup is asked for this. */
const IN_THE_MIDST_OF = ['/v3/connect', '/v3/contacts', '/v3/webhooks']

/**
 * Kills it in the midst of installs, one after the other, until that time; rounds go on between. The next process, and that person,
 * make good what is left: `madeGood`. @returns the process that lives on
 */
export async function killOften(soak: Soak, first: Service, until: number) {
  let [service, kills, isGood, madeGood] = [first, 0, true, Promise.resolve()]
  while (soak.lasted() < until) {
    if (isGood) {
      const path = IN_THE_MIDST_OF[kills % IN_THE_MIDST_OF.length] ?? ''
      kills += 1
      isGood = false
      const killed = await killDuring(path, soak, service)
      service = killed.service
      madeGood = killed.madeGood.then(() => {
        isGood = true
      })
      // Looked at in the end, beside the next rounds.
      madeGood.catch(() => undefined)
    }
    await round(soak, service, false)
  }
  return { service, madeGood }
}

async function killDuring(path: string, soak: Soak, service: Service) {
  const { target, story } = soak
  const asked = () => target.sandbox.wazzup.requests.filter((request) => request.path === path).length
  const before = asked()
  const madeGood = Promise.all([installAndUpload(target, 'acme'), slowClients(target, SLOW_CLIENTS)])
  madeGood.catch(() => undefined)
  await story.persist(
    `${path} is asked for`,
    async () => {
      if (asked() === before) throw new Error('not yet')
    },
    1,
  )
  story.note(`it is killed while Wazzup is asked for ${path}`)
  story.count('kills')
  await service.end('SIGKILL')
  return { service: await soak.start(), madeGood }
}
