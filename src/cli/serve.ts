import { Command } from 'commander'
import type { App } from '../app.ts'
import { healthWhileStarting } from '../http/internal/health-while-starting.ts'
import { createLogOutput } from '../observability/log-output.ts'
import { createLogger } from '../observability/logger.ts'
import type { Settings } from '../settings.ts'
import { leftBeside } from '../store/sqlite/beside.ts'
import { endInOrder } from './end-in-order.ts'
import { readEnvironment } from './environment.ts'
import { explain } from './exit.ts'

const STANDARD_OUTPUT = 1

/** What is to be done about the file of a restore that was killed. */
const AGAIN =
  'Nothing was replaced: this is the database from before. Stop the service and run wauth restore again, or remove the file.'

export const serveCommand = () => new Command('serve').action(serve)

/** Runs the service until a signal ends it. */
export async function serve(): Promise<void> {
  // The database holds names and addresses: for this user's eyes only.
  process.umask(0o077)
  try {
    const settings = readEnvironment()
    const output = createLogOutput(STANDARD_OUTPUT, {
      resumed: (lost) => {
        log.warn({ event: 'log.resumed', lost })
      },
    })
    const log = createLogger(settings.logLevel, output)
    for (const warning of settings.warnings) log.warn({ event: 'settings.warning', ...warning })
    for (const file of leftByRestore(settings))
      log.warn({ event: 'database.restore_unfinished', file, hint: AGAIN })
    const running: { app?: App } = {}
    // From here on, so that a signal also ends a start: as the first process of a container it has no other effect.
    endInOrder(log, output, async ({ crashed }) => {
      // After an error that nobody expected, nothing new is begun.
      const serveOn = crashed ? 0 : settings.shutdownDelayMs
      return running.app ? running.app.stop({ serveOn }) : true
    })
    // Imported late, so that a bad configuration is reported without loading the whole service.
    const { createApp } = await import('../app.ts')
    const { realEnvironment } = await import('../compose/environment.ts')
    const early = await healthWhileStarting(settings.listeners.internal)
    running.app = await createApp(settings, log, { ...realEnvironment, linesLost: output.lost })
    const addresses = await running.app.start({ beforeListening: () => early.close() })
    log.info({ event: 'service.started', ...addresses })
  } catch (error) {
    process.exitCode = explain(error)
    // Whatever was opened before the failure must not keep the process.
    process.exit()
  }
}

const leftByRestore = ({ database: { engine, place } }: Settings) =>
  engine === 'sqlite' ? leftBeside(place.reveal()) : []
