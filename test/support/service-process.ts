import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { atHand, sourceOf } from './freshly-built.ts'

const PRELOAD = fileURLToPath(new URL('./kill-at.ts', import.meta.url))
/** Breaks the service from within, see there. */
export const CRASH_ON_SIGNAL = fileURLToPath(new URL('./crash-on-signal.ts', import.meta.url))
export const TIME_ITS_END = fileURLToPath(new URL('./time-its-end.ts', import.meta.url))
export const PRESS_ON_SIGNAL = fileURLToPath(new URL('./press-on-signal.ts', import.meta.url))
const ONLY_LOOPBACK = fileURLToPath(new URL('./only-loopback.ts', import.meta.url))

/** Where processes that tests start keep what Node has compiled: it saves a third of each start. */
export const compileCache = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/node-compile', import.meta.url)),
}

/** Put before the script that Node is to run: it then reaches nothing but this machine. */
export const onlyLoopback = ['--import', ONLY_LOOPBACK]

export type ServiceProcess = Awaited<ReturnType<typeof startProcess>>

interface ProcessOptions {
  /** Puts `kill-at.ts` into it, or another module. */
  preload?: boolean | string
  /** Further arguments of Node itself. */
  nodeArgs?: readonly string[]
  /** What a shell does to start it, with `"$@"` for its command: a limit to be set, or a place for its log. */
  shell?: string
  /** As which user, where only root may say so. */
  uid?: number
  /** What starts it in another way, or another release of it. */
  main?: string
}

/** Runs the real service as a process of its own, kept on this machine. */
export function spawnService(
  env: Record<string, string>,
  { preload = false, nodeArgs = [], shell, uid, main }: ProcessOptions = {},
) {
  const module = preload === true ? PRELOAD : preload
  const service = main ?? (module ? sourceOf('main') : atHand('main'))
  const args = [...nodeArgs, ...onlyLoopback, ...(module ? ['--import', module] : []), service]
  const words = [process.execPath, ...args]
  const [command = '', ...rest] = shell === undefined ? words : ['bash', '-c', shell, 'bash', ...words]
  const child = spawn(command, rest, {
    ...{ env: { ...compileCache, ...env }, stdio: ['ignore', 'pipe', 'pipe'], cwd: env['CWD'] },
    ...(uid !== undefined && { uid, gid: uid }),
  })
  let output = ''
  const collect = (chunk: Buffer) => {
    output += chunk.toString('utf8')
    child.emit('output')
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal })
    })
  })
  return { child, ended, output: () => output }
}

/** Starts the service and waits until it says that it has. */
export async function startProcess(env: Record<string, string>, options: ProcessOptions = {}) {
  const service = spawnService(env, options)
  const early = service.ended.then(({ code }) => {
    throw new Error(`the service ended with ${String(code)}: ${service.output()}`)
  })
  early.catch(() => undefined)
  while (!service.output().includes('service.started')) {
    await Promise.race([once(service.child, 'output'), early])
  }
  return {
    ...service,
    internalUrl: /"internalAddress":"([^"]+)"/.exec(service.output())?.[1] ?? '',
    async stop(signal: NodeJS.Signals = 'SIGTERM') {
      service.child.kill(signal)
      return service.ended
    },
  }
}
