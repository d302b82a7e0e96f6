import type { Bench, Benchmark, Contenders, Figure, Round } from '../benchmark.ts'
import { crmKeyOf, LOOKED_UP_AT_MOST } from '../databases/customers.ts'
import type { Filled } from '../databases/databases.ts'
import type { LookUpLoad, LookUpsDone } from '../load/look-up.ts'
import { startChild, type Child } from '../processes/child.ts'
import type { Usage } from '../processes/probe.ts'
import { startService, TOKEN } from '../processes/service.ts'
import { freePort } from '../../support/free-port.ts'
import { fileURLToPath } from 'node:url'

const script = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Without bounds they are only told. */
const figures = (least?: number, slowest?: number): readonly Figure[] => [
  ...['look-ups', 'look-ups per processor second'].map((name): Figure => ({
    ...{ name, unit: '/s' },
    ...(least && { target: { of: 'ratio', atLeast: least } }),
  })),
  { name: 'p99', unit: 'ms', ...(slowest && { target: { of: 'ratio', atMost: slowest } }) },
]

/** A server that is asked for keys, how many it has, and in which way it is asked. */
interface Server extends Child {
  url: string
  customers: number
  most: number
  asks: LookUpLoad['asks']
}

/** Keys that are asked for in turns: those that a service remembers, and more than it does. */
const [REMEMBERED, TOO_MANY] = [20_000, LOOKED_UP_AT_MOST]

const service = async ({ url, encryptionKeys, customers }: Filled): Promise<Server> => {
  const started = await startService({ DATABASE_URL: url, ENCRYPTION_KEYS: encryptionKeys })
  return { ...started, url: started.internalUrl, customers, most: REMEMBERED, asks: 'look-up' }
}

/** A server that gives the answer of another one: `like`. */
async function bareRoute(file: string, like: Server, DATABASE_URL: string): Promise<Server> {
  const port = await freePort()
  const [ANSWER, NAMES] = await answersOf(like)
  const child = await startChild(script(file), {
    ...{ PORT: String(port), TOKEN, ANSWER, NAMES, DATABASE_URL },
  })
  return {
    ...child,
    url: `http://127.0.0.1:${port}`,
    customers: like.customers,
    most: REMEMBERED,
    asks: 'look-up',
  }
}

/** The body of a look-up, and the headers of forward-auth that are its own. */
async function answersOf({ url }: Server): Promise<[string, string]> {
  const authorization = `Bearer ${TOKEN}`
  const lookedUp = await fetch(`${url}/v1/keys/lookup`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ crmKey: crmKeyOf(0) }),
  })
  const forwarded = await fetch(`${url}/v1/keys/authenticate`, {
    headers: { authorization, 'x-crm-authorization': `Bearer ${crmKeyOf(0)}` },
  })
  for (const { status } of [lookedUp, forwarded])
    if (status !== 200) throw new Error(`the service answers a good key ${status}`)
  const names = [...forwarded.headers].filter(([name]) => name.startsWith('x-'))
  return [await lookedUp.text(), JSON.stringify(Object.fromEntries(names))]
}

/** Both servers under the same load, from a third process. */
async function contend([subject, baseline]: [Server, Server], { scale }: Bench): Promise<Contenders> {
  const generator = await startChild(script('../load/look-up.ts'))
  const loadOf = ({ url, customers, most, asks }: Server): LookUpLoad => ({
    ...{ url, token: TOKEN, customers, most, asks, milliseconds: scale.load },
  })
  const round =
    (server: Server): Round =>
    async () => {
      const before = await server.ask<Usage>('usage')
      const { count, seconds, p99 } = await generator.ask<LookUpsDone>('load', loadOf(server))
      const after = await server.ask<Usage>('usage')
      const perCpuSecond = count / ((after.cpu - before.cpu) / 1000)
      return { 'look-ups': count / seconds, 'look-ups per processor second': perCpuSecond, p99 }
    }
  for (const server of [subject, baseline]) {
    for (let asked = 0; asked < scale.warmUp;)
      asked += (await generator.ask<LookUpsDone>('load', loadOf(server))).count
  }
  return {
    ...{ subject: round(subject), baseline: round(baseline) },
    async close() {
      for (const child of [generator, subject, baseline]) await child.stop()
    },
  }
}

const ENGINES = {
  sqlite: {
    ...{ word: 'SQLite', file: '../baselines/bare-route.ts', least: 0.85, leastOfMany: 0.8 },
    baseline: 'Fastify route: same bearer, same bytes',
  },
  postgres: {
    ...{ least: 0.9, leastOfMany: 0.85 },
    ...{ word: 'PostgreSQL', file: '../baselines/bare-route-postgres.ts' },
    baseline: 'Fastify route: same bearer, same bytes, one prepared query',
  },
} as const

const ofService = (engine: keyof typeof ENGINES, size: 'few' | 'many'): Benchmark => ({
  name: `Look-up over HTTP, ${ENGINES[engine].word}, ${size} connections`,
  subject: `service on ${ENGINES[engine].word}`,
  baseline: ENGINES[engine].baseline,
  figures: figures(ENGINES[engine].least, 1.3),
  pairs: 'short',
  ...(size === 'many' && { onlyFull: true }),
  async prepare(bench) {
    const filled = await bench.databases.filled(engine, bench.scale.connections[size])
    const subject = await service(filled)
    return contend([subject, await bareRoute(ENGINES[engine].file, subject, filled.url)], bench)
  },
})

/** `most`: how many keys are asked for in turns. Of too many nothing is remembered, which is only told. */
const manyToFew = (engine: keyof typeof ENGINES, most = REMEMBERED): Benchmark => ({
  name: `Look-up over HTTP, ${ENGINES[engine].word}, many connections to few${most > REMEMBERED ? ', none remembered' : ''}`,
  subject: 'service with many connections',
  baseline: 'service with few connections',
  figures: most > REMEMBERED ? figures() : figures(ENGINES[engine].leastOfMany),
  pairs: 'short',
  onlyFull: true,
  async prepare(bench) {
    const { few, many } = bench.scale.connections
    const databases = [await bench.databases.filled(engine, many), await bench.databases.filled(engine, few)]
    const [larger, smaller] = (await Promise.all(databases.map(service))) as [Server, Server]
    return contend([{ ...larger, most }, smaller], bench)
  },
})

/** Beside the figure of the service: all that it could leave out is left out, and the bare route is the same. */
const floor: Benchmark = {
  name: 'Look-up over HTTP, SQLite, its floor',
  subject: 'node:http: same bearer, one SHA-256, one prepared read per tick',
  baseline: ENGINES.sqlite.baseline,
  figures: figures(),
  pairs: 'short',
  async prepare(bench) {
    const filled = await bench.databases.filled('sqlite', bench.scale.connections.few)
    const like = await service(filled)
    const subject = await bareRoute('../floors/look-up.ts', like, filled.url)
    const baseline = await bareRoute(ENGINES.sqlite.file, like, filled.url)
    await like.stop()
    return contend([subject, baseline], bench)
  },
}

/** `asks`: what the bare route is asked. */
const forwardAuth = (asks: LookUpLoad['asks'], more: Pick<Benchmark, 'name' | 'baseline' | 'figures'>) => ({
  ...more,
  subject: 'service on SQLite',
  pairs: 'short' as const,
  async prepare(bench: Bench) {
    const filled = await bench.databases.filled('sqlite', bench.scale.connections.few)
    const subject = await service(filled)
    const baseline = await bareRoute(ENGINES.sqlite.file, subject, filled.url)
    return contend(
      [
        { ...subject, asks: 'forward-auth' },
        { ...baseline, asks },
      ],
      bench,
    )
  },
})

export const lookUpHttp: readonly Benchmark[] = [
  ...[
    ofService('sqlite', 'few'),
    floor,
    ofService('sqlite', 'many'),
    manyToFew('sqlite'),
    manyToFew('sqlite', TOO_MANY),
  ],
  ...[ofService('postgres', 'few'), ofService('postgres', 'many'), manyToFew('postgres')],
  forwardAuth('look-up', {
    name: 'Forward-auth, SQLite, few connections',
    baseline: 'the Fastify route of the look-up: same bearer',
    figures: figures(ENGINES.sqlite.least, 1.3),
  }),
  forwardAuth('forward-auth', {
    name: 'Forward-auth, SQLite, to a bare GET route',
    baseline: ENGINES.sqlite.baseline,
    figures: figures(),
  }),
]
