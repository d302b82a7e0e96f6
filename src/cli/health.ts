import { Command } from 'commander'
import { ConfigError } from '../config/config-error.ts'
import { nearAddress } from '../config/near-address.ts'
import { readSection } from '../config/read-section.ts'
import { listeners } from '../config/sections/listeners.ts'
import { seconds } from '../shared/clock.ts'
import { environmentSource } from './environment-source.ts'
import { EXIT } from './exit.ts'
import { print, type OutputOptions } from './output.ts'
import { action } from './run-command.ts'

/** Shorter than what the image gives its health check. */
const DEADLINE = seconds(4)

/** What of the settings says where the service is asked. */
const Where = listeners.pick({ INTERNAL_HOST: true, INTERNAL_PORT: true })

interface Options extends OutputOptions {
  ready?: true
}

interface Health {
  ok: boolean
  asked: string
  /** Null when there was no answer. */
  status: number | null
}

const HELP = `
Exit codes: 0 it is well, 1 it is not or gives no answer, 78 the settings do not say where it is.

Examples:
  wauth health           alive: for a container, which is restarted otherwise
  wauth health --ready   ready for customers: for a proxy that sends requests to it`

export const healthCommand = () =>
  new Command('health')
    .option('--ready', 'whether it is ready, and not only alive')
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(
      action(async (options: Options) => {
        const health = await askHealth(addressOf(), options.ready ? '/readyz' : '/livez')
        print(health, options, inWords)
        if (!health.ok) process.exitCode = EXIT.failed
      }),
    )

/** The internal address of the service. One that listens everywhere is asked on loopback. */
function addressOf(): string {
  const { complete, problems } = readSection(Where, environmentSource())
  if (!complete) throw new ConfigError(problems)
  const { INTERNAL_HOST: host, INTERNAL_PORT: port } = complete
  return nearAddress({ host, port })
}

async function askHealth(address: string, path: string): Promise<Health> {
  const asked = address + path
  try {
    const { ok, status } = await fetch(asked, { signal: AbortSignal.timeout(DEADLINE), redirect: 'error' })
    return { ok, asked, status }
  } catch {
    return { ok: false, asked, status: null }
  }
}

const inWords = ({ ok, asked, status }: Health) =>
  status === null
    ? `${asked} gives no answer. Is the service running, with these settings?`
    : `${asked}: ${ok ? 'well' : `not well (${status})`}`
