import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EXIT } from '../../src/cli/exit.ts'
import { GIVE_UP_AFTER } from '../../src/compose/stop.ts'
import { seconds } from '../../src/shared/clock.ts'
import { freePort } from '../support/free-port.ts'
import { installed } from '../support/installed.ts'
import { nodeFlags } from '../support/node-flags.ts'
import { tempDir } from '../support/temp-dir.ts'
import { canStartSystemd, startSystemd } from './start-systemd.ts'

const PROJECT = join(import.meta.dirname, '../..')
const unit = readFileSync(join(PROJECT, 'docs/systemd/wauth.service'), 'utf8')
const analyze = installed('systemd-analyze')
const NO_SYSTEMD = 'systemd (left out: this machine has none, see .ci/run)'

test('the unit tells Node the same as the image, starts nothing again that somebody has to change, and waits for the end', () => {
  expect(unit).toContain(`node_modules/.bin/node ${nodeFlags().join(' ')} /opt/wauth-connector/src/main.ts\n`)
  expect(unit).toContain(`RestartPreventExitStatus=${EXIT.configuration}\n`)
  const grace = seconds(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]))
  expect(grace).toBeGreaterThan(GIVE_UP_AFTER + seconds(1))
})

/** In tenths, as the program takes it. What is left is a network, which the service is there for, and memory for Node's compiler. */
const EXPOSURE = 13

describe.skipIf(!analyze)(analyze ? 'systemd-analyze' : NO_SYSTEMD, () => {
  /** What it says of the unit, with or without the lines that have to be asked for. */
  async function verified(text: string) {
    const folder = await tempDir()
    onTestFinished(() => folder.remove())
    const file = join(folder.path, 'wauth.service')
    await writeFile(file, text.replaceAll('/opt/wauth-connector', PROJECT))
    const ran = await promisify(execFile)(analyze ?? '', ['verify', '--man=no', file])
    return { file, said: ran.stdout + ran.stderr }
  }

  test.each([
    ['as it is', unit],
    ['with credentials', unit.replaceAll(/^#(?=LoadCredential=|Environment=)/gm, '')],
  ])('finds nothing wrong with the unit %s', async (_, text) => {
    expect((await verified(text)).said).toBe('')
  })

  test(`gives it an exposure of ${EXPOSURE / 10} of 10 at most`, async () => {
    const { file } = await verified(unit)
    const words = ['security', '--offline=true', `--threshold=${EXPOSURE}`, '--no-pager', file]
    expect((await promisify(execFile)(analyze ?? '', words)).stdout).toContain('Overall exposure level')
  })
})

const settings = async () => ({
  ...{ PUBLIC_URL: 'https://wauth.example', HOST: '127.0.0.1', PORT: String(await freePort()) },
  ...{ INTERNAL_PORT: String(await freePort()), DATABASE_URL: 'file:/var/lib/wauth/wauth.db' },
  ...{ ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`, CRM_NAME: 'Acme' },
  ...{ WAZZUP_CRM_CODE: 'acme-crm', WAZZUP_SECRET: 'a-long-enough-module-secret', LOGIN: 'handoff' },
  ...{ HANDOFF_LOGIN_URL: 'https://crm.example/login', HANDOFF_ISSUER: 'acme' },
  HANDOFF_SECRET: 'a-secret-of-at-least-32-bytes-for-hs256',
})

describe.skipIf(!canStartSystemd())('under a systemd of its own (needs root, and mounts)', () => {
  const itsLife =
    'the service starts, is started again after a kill, and stays down when its settings are wrong'
  test(itsLife, { tags: ['long'] }, async () => {
    const env = await settings()
    const systemd = await startSystemd(unit, env)
    onTestFinished(() => systemd.stop())
    const isReady = async () =>
      (await fetch(`http://127.0.0.1:${env.INTERNAL_PORT}/readyz`).catch(() => null))?.status
    await expect.poll(isReady).toBe(200)
    const first = await systemd.servicePid()
    process.kill(first, 'SIGKILL')
    await expect.poll(isReady).not.toBe(200)
    await expect.poll(isReady).toBe(200)
    const second = await systemd.servicePid()
    expect(second).not.toBe(first)
    expect(systemd.hasGivenUp()).toBe(false)
    await systemd.configure({ ...env, PUBLIC_URL: 'nonsense' })
    process.kill(second, 'SIGKILL')
    await expect.poll(systemd.hasGivenUp).toBe(true)
    expect((await systemd.log()).match(/The configuration has/g)).toHaveLength(1)
  })
})
