import { Command, Option } from 'commander'
import { AppError } from '../shared/app-error.ts'
import { explain } from './exit.ts'

interface Options {
  auto?: true
  login: 'oidc' | 'handoff'
  verbose?: true
}

/** `wauth demo`: everything on this machine, with nothing to configure. */
export const demoCommand = () =>
  new Command('demo')
    .option(
      '--auto',
      'walk through it without a person; exit 0 only if the account was connected, its data arrived, and the CRM was told',
    )
    .addOption(
      new Option('--login <method>', 'how the demo CRM logs in').choices(['oidc', 'handoff']).default('oidc'),
    )
    .option('--verbose', "show the connector's log on standard error")
    .addHelpText(
      'after',
      '\nExamples:\n  npm run demo\n  npm run demo -- --auto\n  npm run demo -- --login handoff\n',
    )
    .action(demo)

async function demo({ auto, login, verbose }: Options) {
  try {
    const { startDemo, walkDemo, waitForPerson } = await import('./demo/index.ts')
    const running = await startDemo({ login, verbose: verbose === true })
    if (auto) process.exitCode = await walkDemo(running).finally(running.stop)
    else waitForPerson(running)
  } catch (error) {
    // The sandbox speaks in plain sentences, and nothing in a demo is secret.
    if (error instanceof Error && !(error instanceof AppError)) process.stderr.write(`${error.message}\n`)
    process.exit(explain(error))
  }
}
