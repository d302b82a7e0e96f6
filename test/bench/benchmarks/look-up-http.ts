import type { Bench, Benchmark, Contenders, Figure, Round } from '../benchmark.ts'
import { crmKeyOf } from '../databases/customers.ts'
import type { Filled } from '../databases/databases.ts'
import type { LookUpLoad, LookUpsDone } from '../load/look-up.ts'
import { startChild, type Child } from '../processes/child.ts'
import type { Usage } from '../processes/probe.ts'
import { startService, TOKEN } from '../processes/service.ts'
import { freePort } from '../../support/free-port.ts'
import { fileURLToPath } from 'node:url'

const script = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const figures = (least: number, slowest?: number): readonly Figure[] => [
  { name: 'look-ups', unit: '/s', target: { of: 'ratio', atLeast: least } },
  { name: 'look-ups per second of its processor time', unit: '/s', target: { of: 'ratio', atLeast: least } },
  { name: 'p99', unit: 'ms', ...(slowest && { target: { of: 'ratio', atMost: slowest } }) },
]

/** A server that is asked for keys, and how many it has. */
interface Server extends Child {
  url: string
  customers: number
}

const service = async ({ url, encryptionKeys, customers }: Filled): Promise<Server> => {
  const started = await startService({ DATABASE_URL: url, ENCRYPTION_KEYS: encryptionKeys })
  return { ...started, url: started.internalUrl, customers }
}

/** `like`: whose answer it gives. */
async function bareRoute(file: string, like: Server, DATABASE_URL: string): Promise<Server> {
  const port = await freePort()
  const [ANSWER, NAMES] = await answersOf(like)
  const child = await startChild(script(`../baselines/${file}`), {
    ...{ PORT: String(port), TOKEN, ANSWER, NAMES, DATABASE_URL },
  })
  return { ...child, url: `http://127.0.0.1:${port}`, customers: like.customers }
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
async function contend(
  [subject, baseline]: [Server, Server],
  { scale }: Bench,
  asks: LookUpLoad['asks'] = 'look-up',
): Promise<Contenders> {
  const generator = await startChild(script('../load/look-up.ts'))
  const loadOf = ({ url, customers }: Server): LookUpLoad => ({
    ...{ url, token: TOKEN, customers, asks, milliseconds: scale.load },
  })
  const round =
    (server: Server): Round =>
    async () => {
      const before = await server.ask<Usage>('usage')
      const { count, seconds, p99 } = await generator.ask<LookUpsDone>('load', loadOf(server))
      const after = await server.ask<Usage>('usage')
      const perCpuSecond = count / ((after.cpu - before.cpu) / 1000)
      return { 'look-ups': count / seconds, 'look-ups per second of its processor time': perCpuSecond, p99 }
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
    ...{ word: 'SQLite', file: 'bare-route.ts', least: 0.85, leastOfMany: 0.8 },
    baseline: 'Fastify route: same bearer, same bytes',
  },
  postgres: {
    ...{ least: 0.9, leastOfMany: 0.85 },
    ...{ word: 'PostgreSQL', file: 'bare-route-postgres.ts' },
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

const manyToFew = (engine: keyof typeof ENGINES): Benchmark => ({
  name: `Look-up over HTTP, ${ENGINES[engine].word}, many connections to few`,
  subject: 'service with many connections',
  baseline: 'service with few connections',
  figures: figures(ENGINES[engine].leastOfMany),
  pairs: 'short',
  onlyFull: true,
  async prepare(bench) {
    const { few, many } = bench.scale.connections
    const databases = [await bench.databases.filled(engine, many), await bench.databases.filled(engine, few)]
    const [larger, smaller] = (await Promise.all(databases.map(service))) as [Server, Server]
    return contend([larger, smaller], bench)
  },
})

const forwardAuth: Benchmark = {
  name: 'Forward-auth, SQLite, few connections',
  subject: 'service on SQLite',
  baseline: ENGINES.sqlite.baseline,
  figures: figures(ENGINES.sqlite.least, 1.3),
  pairs: 'short',
  async prepare(bench) {
    const filled = await bench.databases.filled('sqlite', bench.scale.connections.few)
    const subject = await service(filled)
    return contend(
      [subject, await bareRoute(ENGINES.sqlite.file, subject, filled.url)],
      bench,
      'forward-auth',
    )
  },
}

export const lookUpHttp: readonly Benchmark[] = [
  ...(['sqlite', 'postgres'] as const).flatMap((engine) => [
    ofService(engine, 'few'),
    ofService(engine, 'many'),
    manyToFew(engine),
  ]),
  forwardAuth,
]
