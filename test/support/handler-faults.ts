import { handler } from '../../src/cli/check/handler/handler.ts'
import type { Part } from '../../src/cli/check/check.ts'
import { createContext } from '../../src/cli/check/run-checks.ts'
import type { Settings } from '../../src/settings.ts'

/** What `wauth check --handler` finds wrong with the handler at WEBHOOKS_URL; `account` is the one of `--account`. */
export async function handlerFaults(settings: Settings, account: string | null): Promise<Part[]> {
  const source = { env: {}, readFile: () => '' }
  const found = await handler.run(createContext({ settings, source, account, tenantHost: null }))
  return [found].flat().filter((one): one is Part => one.status !== 'pass')
}
