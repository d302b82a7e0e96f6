import closeWithGrace from 'close-with-grace'
import type { RunningDemo } from './start-demo.ts'

/** Says where to go, and stays until Ctrl-C. */
export function waitForPerson({ sandbox, stop }: RunningDemo): void {
  process.stdout.write(`
Open this address and press «Connect»:

    ${sandbox.wazzup.marketplaceUrl}

It is a simulated Wazzup. You will log in to a demo CRM, confirm, and see the result. What Wazzup holds, and every request:

    ${sandbox.wazzup.consoleUrl}

What the CRM is told as it happens, by Wazzup and by the connector:

    ${sandbox.crm.eventsPage}

Ctrl-C ends the demo.
`)
  closeWithGrace({ delay: 10_000, logger: false }, stop)
}
