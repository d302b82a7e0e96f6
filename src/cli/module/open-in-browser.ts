import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { platform } from 'node:process'
import { AppError } from '../../shared/app-error.ts'

/** What opens an address on this system. No shell is involved, so nothing in the address can become a command. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/**
 * Hands an address to the browser of this machine.
 * @throws AppError where there is none
 */
export async function openInBrowser(address: URL): Promise<void> {
  const [command, ...args] = OPENERS[platform] ?? ['xdg-open']
  const child = spawn(command, [...args, address.href], { stdio: 'ignore', detached: true })
  try {
    await once(child, 'spawn')
  } catch (cause) {
    throw new AppError('No browser could be opened on this machine', {
      code: 'no_browser',
      hint: 'Open the address above yourself, on any machine with a browser.',
      cause,
    })
  }
  child.unref()
}
