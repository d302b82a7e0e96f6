import { Command, Option } from 'commander'
import { explain } from './exit.ts'

interface Options {
  auto?: true
  login: 'oidc' | 'handoff'
  verbose?: true
}

/** `wauth demo`: everything on this machine, with nothing to configure. */
export const demoCommand = () =>
  new Command('demo')
    .description(
      'Try everything on this machine: a simulated Wazzup, a demo CRM, and the connector between them.',
    )
    .option(
      '--auto',
      'walk through the installation without a person; exit 0 only if the account was connected',
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
    // The sandbox comes with a checkout, not with the image: it is only loaded when asked for.
    const { startDemo } = await import('./demo/start-demo.ts')
    const running = await startDemo({ login, verbose: verbose === true })
    if (auto) {
      const { walkDemo } = await import('./demo/walk-demo.ts')
      process.exitCode = await walkDemo(running)
      await running.stop()
    } else {
      const { waitForPerson } = await import('./demo/wait-for-person.ts')
      await waitForPerson(running)
    }
  } catch (error) {
    // The sandbox speaks in plain sentences, and nothing in a demo is secret.
    if (error instanceof Error) process.stderr.write(`${error.message}\n`)
    process.exit(explain(error))
  }
}
