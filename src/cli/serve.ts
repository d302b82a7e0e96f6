import closeWithGrace from 'close-with-grace'
import { Command } from 'commander'
import { createLogger } from '../observability/logger.ts'
import { seconds } from '../shared/clock.ts'
import { readEnvironment } from './environment.ts'
import { explain } from './exit.ts'

/** A stop that hangs ends with exit code 1 after this time. */
const STOP_DEADLINE = seconds(10)

export const serveCommand = () =>
  new Command('serve').description('Run the service until a signal ends it.').action(serve)

/** Runs the service until a signal ends it. */
export async function serve(): Promise<void> {
  // The database holds names and addresses: for this user's eyes only.
  process.umask(0o077)
  try {
    const settings = readEnvironment()
    const log = createLogger(settings.logLevel)
    for (const warning of settings.warnings) log.warn({ event: 'settings.warning', ...warning })
    // Loaded now that it is sure to run: a set-up with mistakes is told of without waiting for all of it.
    const { createApp } = await import('../app.ts')
    const app = await createApp(settings, log)
    closeWithGrace({ delay: STOP_DEADLINE, logger: false }, async ({ signal, err }) => {
      if (err) log.fatal({ event: 'service.crashed', err })
      log.info({ event: 'service.stopping', signal: signal ?? null })
      await app.stop()
      log.info({ event: 'service.stopped' })
    })
    log.info({ event: 'service.started', ...(await app.start()) })
  } catch (error) {
    process.exitCode = explain(error)
    // Whatever was opened before the failure must not keep the process.
    process.exit()
  }
}
