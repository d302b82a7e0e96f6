import { onTestFinished } from 'vitest'
import { startSandbox } from '../../src/sandbox/start-sandbox.ts'

/** A sandbox for a connector that is not there; it ends with the test. */
export async function sandboxAtHand() {
  const connectorUrl = 'http://127.0.0.1:9'
  const sandbox = await startSandbox({ connectorUrl, login: 'oidc' })
  onTestFinished(() => sandbox.close())
  return { ...sandbox, connectorUrl }
}
