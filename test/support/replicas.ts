import { untilTestEnds } from './fixture.ts'
import { freePort } from './free-port.ts'
import { startSandbox, type SandboxOptions } from '../../src/sandbox/start-sandbox.ts'
import { TOKEN } from './internal-at-hand.ts'
import { migratePostgres } from '../../src/store/postgres/migrate.ts'
import { startLoadBalancer } from './load-balancer.ts'
import { testDatabase } from './postgres/test-database.ts'
import { load, MAIN_BEFORE } from './release-before/modules.ts'
import { startProcess, type ServiceProcess } from './service-process.ts'
import { serviceEnvironment, SMALL_EXPORTS } from './set-up.ts'

/**
 * `addressOf`: where the replicas find the database, if not at its own address.
 * `wrong`: milliseconds by which the clock of the last replica is ahead of the others'.
 */
interface Options extends Pick<SandboxOptions, 'login'> {
  addressOf?: (databaseUrl: string) => Promise<string>
  tellCalls?: boolean
  wrong?: number
  beside?: 'the release before'
}

export type Replica = ServiceProcess & { port: number }

/**
 * Several processes of the service on one PostgreSQL database, behind a load balancer that sends each request to the
 * next of them, with the simulator and the demo CRM beside. With `tellCalls` they say which requests they have sent. The
 * first is one of the release before if asked for: the schema is changed under it, then the others start, as in an update.
 */
async function startReplicas(
  count: number,
  { addressOf, tellCalls = false, wrong, login = 'oidc', beside }: Options = {},
) {
  const database = await testDatabase({ empty: beside !== undefined })
  const balancer = await startLoadBalancer()
  const sandbox = await startSandbox({ connectorUrl: balancer.url, exports: SMALL_EXPORTS, login })
  const env: Record<string, string> = {
    ...{ ...sandbox.environment, ...serviceEnvironment(balancer.url, 0, '') },
    ...{ DATABASE_URL: (await addressOf?.(database.url)) ?? database.url, INTERNAL_TOKEN: TOKEN },
    // A request may be on its way to a replica that has just been taken out: it has to serve on for a moment.
    SHUTDOWN_DELAY: '1s',
    ...(tellCalls && { TELL_CALLS: 'yes' }),
  }
  const start = async (main?: string, more = {}): Promise<Replica> => {
    const port = await freePort()
    const preload = tellCalls || wrong !== undefined
    const options = { preload, ...(main !== undefined && { main }) }
    return { ...(await startProcess({ ...env, ...more, PORT: String(port) }, options)), port }
  }
  const replicas: Replica[] = []
  if (beside) {
    await (await load('src/store/postgres/migrate.ts')).migratePostgres(database.url)
    replicas.push(await start(MAIN_BEFORE))
    await migratePostgres(database.url)
  }
  const clockOf = (index: number) =>
    wrong !== undefined && index === count - 1 ? { TIME_AHEAD: String(wrong) } : {}
  const started = Array.from({ length: count }, (_, index) => start(undefined, clockOf(index)))
  replicas.push(...(await Promise.all(started)))
  balancer.ports.push(...replicas.map(({ port }) => port))
  return {
    ...{ url: balancer.url, sandbox, env, database, served: balancer.served },
    /** All that were ever started. */
    replicas,
    /** Those that get requests. */
    live: () => replicas.filter(({ port }) => balancer.ports.includes(port)),
    async add() {
      const fresh = await start()
      replicas.push(fresh)
      balancer.ports.push(fresh.port)
    },
    /** Sends it no more requests. */
    takeOut: ({ port }: Replica) => balancer.ports.splice(balancer.ports.indexOf(port), 1),
    putIn: ({ port }: Replica) => balancer.ports.push(port),
    async stop() {
      await Promise.all(replicas.map((replica) => replica.stop('SIGKILL')))
      await balancer.close()
      await sandbox.close()
      await database.remove()
    },
  }
}

export type Replicas = Awaited<ReturnType<typeof startReplicas>>

/** For the running test. */
export const replicasAtHand = (...args: Parameters<typeof startReplicas>): Promise<Replicas> =>
  untilTestEnds(startReplicas(...args))
