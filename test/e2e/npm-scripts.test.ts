import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { seconds } from '../../src/shared/clock.ts'
import { compileCache } from '../support/service-process.ts'
import { lonelySetUpAtHand } from '../support/set-up.ts'
import { tempDir } from '../support/temp-dir.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/** Runs npm itself, as a supervisor would that knows npm's process and no other. */
function npm(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn('npm', args, {
    ...{ cwd: PROJECT, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    env: {
      PATH: process.env['PATH'],
      HOME: homedir(),
      npm_config_update_notifier: 'false',
      ...compileCache,
      ...env,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  }
  // Npm leads a group of its own, in which an orphan stays.
  const group = -(child.pid ?? 0)
  const isAnybodyLeft = () => {
    try {
      return process.kill(group, 0)
    } catch {
      return false
    }
  }
  onTestFinished(() => {
    if (isAnybodyLeft()) process.kill(group, 'SIGKILL')
  })
  return {
    output: () => output,
    said: (words: string) =>
      vi.waitFor(
        () => {
          expect(output).toContain(words)
        },
        { timeout: seconds(60) },
      ),
    /** Ends npm's own process, and gives the others as long as the service gives itself. */
    async terminate() {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
      await vi.waitFor(
        () => {
          expect(isAnybodyLeft()).toBe(false)
        },
        { timeout: seconds(11) },
      )
    },
  }
}

test.each([
  ['npm start', ['start']],
  ['npm run wauth -- serve', ['run', 'wauth', '--', 'serve']],
])('SIGTERM to the process of «%s» ends the service in order, and leaves nobody behind', async (_, args) => {
  const { url, env } = await lonelySetUpAtHand()
  const running = npm(args, env)
  await running.said('"event":"service.started"')
  expect((await fetch(`${url}/wauth/assets/style.css`)).status).toBe(200)
  await running.terminate()
  expect(running.output()).toContain('"event":"service.stopped"')
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})

test('SIGTERM to the process of «npm run demo» ends the demo and takes its folder away', async () => {
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  const running = npm(['run', 'demo'], { TMPDIR: folder.path })
  await running.said('Ctrl-C ends the demo')
  const address = /http:\/\/127\.0\.0\.1:\d+/.exec(running.output())?.[0] ?? ''
  expect((await fetch(address)).status).toBe(200)
  await running.terminate()
  await expect(fetch(address)).rejects.toThrow('fetch failed')
})

test('every script that starts something hands it the signals of npm', () => {
  const { scripts } = JSON.parse(readFileSync(`${PROJECT}/package.json`, 'utf8')) as {
    scripts: Record<string, string>
  }
  for (const name of ['start', 'demo', 'wauth', 'bench']) expect(scripts[name]).toMatch(/^exec node /)
})
