import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { TOKEN } from '../support/internal-at-hand.ts'
import { nodeFlags } from '../support/node-flags.ts'
import { spawnService } from '../support/service-process.ts'
import { setUpAtHand } from '../support/set-up.ts'
import { startPlace } from './place.ts'
import { createStory } from './story.ts'
import { ready, type Target } from './work.ts'

const TELL_FIGURES = join(import.meta.dirname, 'tell-figures.ts')

/** More than one batch of each. */
const SIZES = { contacts: 250, deals: 120 }
const EXPORTS = { sizes: { acme: SIZES, nordwind: SIZES } }

export type Soak = NonNullable<Awaited<ReturnType<typeof prepare>>>
export type Service = Awaited<ReturnType<Soak['start']>>

/** A service whose log and database fail at times, and how it is started, and again after a kill; null where that takes more rights. */
export async function prepare() {
  const place = await startPlace()
  if (!place) return null
  onTestFinished(async () => {
    await place.stop()
  })
  const { url, env: given, sandbox, folder } = await setUpAtHand({ exports: EXPORTS })
  const internalPort = await freePort()
  const [figures, lines] = [join(folder, 'figures'), join(folder, 'story')]
  const story = createStory(lines)
  const target: Target = { url, sandbox, story, internalUrl: `http://127.0.0.1:${internalPort}` }
  const env = {
    ...{ ...given, DATABASE_URL: place.databaseUrl, INTERNAL_TOKEN: TOKEN, LOG_LEVEL: 'info' },
    ...{ INTERNAL_PORT: String(internalPort), ATTEMPTS_PER_ADDRESS: '0', LOG: place.log },
    ...{ FIGURES_FILE: figures, STORY_FILE: lines, PATH: process.env['PATH'] ?? '' },
  }
  let began: number | undefined
  return {
    ...{ place, target, story, figures },
    async start() {
      const service = await start(target, env)
      began ??= performance.now()
      return service
    },
    /** Milliseconds since it was ready for the first time. */
    lasted: () => performance.now() - (began ?? performance.now()),
  }
}

async function start(target: Target, env: Record<string, string>) {
  const service = spawnService(env, {
    ...{ nodeArgs: [...nodeFlags(), '--expose-gc'], preload: TELL_FIGURES },
    shell: 'exec "$@" >>"$LOG" 2>>"$STORY_FILE"',
  })
  let wanted = false
  onTestFinished(async () => {
    await end('SIGKILL')
  })
  const end = (signal: NodeJS.Signals) => {
    wanted = true
    service.child.kill(signal)
    return service.ended
  }
  const early = service.ended.then(({ code, signal }) => {
    if (!wanted) throw new Error(`the service ended with ${String(code ?? signal)}`)
  })
  // Nobody waits for it between two rounds.
  early.catch(() => undefined)
  target.story.note(`process ${String(service.child.pid)} starts`)
  await Promise.race([ready(target), early])
  return {
    pid: Number(service.child.pid),
    end,
    /** What is done while it lives; an end that nobody wanted ends that, too. */
    during: async <T>(work: Promise<T>): Promise<T> => Promise.race([work, early.then(() => work)]),
  }
}
