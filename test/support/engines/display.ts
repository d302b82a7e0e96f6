import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { installed } from '../installed.ts'

export const xvfb = installed('Xvfb')

/**
 * So small that the mouse, which lies in its middle, lies in every window: without a window manager the window under
 * the mouse has the focus.
 */
const SIZE = '600x400x24'

/** A screen that nobody sees. `name`: for DISPLAY. */
export async function startDisplay(): Promise<{ name: string; close: () => Promise<void> }> {
  const child = spawn(xvfb ?? '', ['-displayfd', '3', '-screen', '0', SIZE, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const gone = once(child, 'exit')
  for await (const number of createInterface({ input: child.stdio[3] as Readable })) {
    const close = async () => {
      child.kill()
      await gone
    }
    return { name: `:${number}`, close }
  }
  throw new Error('Xvfb has ended')
}
