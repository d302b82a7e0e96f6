import { dirname, join } from 'node:path'
import { freePort } from '../../support/free-port.ts'
import { builtCommand } from '../../support/built-command.ts'
import { nodeFlags } from '../../support/node-flags.ts'
import { startChild, type Child } from './child.ts'

export const TOKEN = 'the-internal-token-0123456789'

/** With this the benchmark plays the CRM that hands its users over. */
export const HANDOFF = { issuer: 'http://127.0.0.1:9', secret: 'a-long-enough-secret-for-signing' }

export interface Service extends Child {
  publicUrl: string
  internalUrl: string
}

/** The settings of a service on this machine; `more` says what it is to be measured with. */
export function serviceEnvironment(ports: { port: number; internal: number }, more: Record<string, string>) {
  return {
    NODE_ENV: 'development',
    PUBLIC_URL: `http://127.0.0.1:${ports.port}`,
    ...{ PORT: String(ports.port), INTERNAL_PORT: String(ports.internal), INTERNAL_TOKEN: TOKEN },
    // Every customer comes from an address of their own, as behind a reverse proxy.
    TRUST_PROXY: '127.0.0.1',
    ...{
      WAZZUP_API_URL: HANDOFF.issuer,
      WAZZUP_CRM_CODE: 'demo-crm',
      WAZZUP_SECRET: 'a-long-enough-module-secret',
    },
    ...{ CRM_NAME: 'Demo CRM', LOGIN: 'handoff', HANDOFF_SECRET: HANDOFF.secret },
    ...{ HANDOFF_LOGIN_URL: `${HANDOFF.issuer}/login`, HANDOFF_ISSUER: HANDOFF.issuer },
    ...more,
  }
}

/** Where the built service starts: what the image runs. */
export const builtMain = async () => join(dirname(await builtCommand()), '../main.js')

/** Starts the built service, as the image does. */
export async function startService(more: Record<string, string>): Promise<Service> {
  const ports = { port: await freePort(), internal: await freePort() }
  const child = await startChild(await builtMain(), serviceEnvironment(ports, more), nodeFlags())
  return {
    ...child,
    publicUrl: `http://127.0.0.1:${ports.port}`,
    internalUrl: `http://127.0.0.1:${ports.internal}`,
  }
}
