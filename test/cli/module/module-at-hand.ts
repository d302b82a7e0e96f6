import { onTestFinished } from 'vitest'
import { startWazzup, type WazzupOptions } from '../../../src/sandbox/wazzup/start-wazzup.ts'
import { tempDir } from '../../support/temp-dir.ts'

export const SECRET = 'canary-of-the-module-xyz'
const PARTNER_KEY = 'canary-of-the-partner-key-xyz'

/** A simulator without a module, and what `wauth module` needs to know of it. */
export async function moduleAtHand(options: WazzupOptions = {}) {
  const wazzup = await startWazzup({ partnerApiKey: PARTNER_KEY, ...options })
  const folder = await tempDir()
  onTestFinished(async () => {
    await wazzup.close()
    await folder.remove()
  })
  const env: Record<string, string> = {
    NODE_ENV: 'development',
    PUBLIC_URL: 'http://127.0.0.1:3999',
    WAZZUP_API_URL: wazzup.url,
    WAZZUP_CRM_CODE: 'acme-crm',
    WAZZUP_SECRET: SECRET,
    WAZZUP_PARTNER_API_KEY: PARTNER_KEY,
  }
  const sent = (method: string, path: string) =>
    wazzup.requests
      .filter((request) => request.method === method && request.path === path)
      .map(({ body }) => JSON.parse(body) as Record<string, unknown>)
  return { wazzup, env, cwd: folder.path, sent }
}
