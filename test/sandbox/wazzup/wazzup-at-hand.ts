import { onTestFinished } from 'vitest'
import { request } from 'undici'
import {
  startWazzup,
  type WazzupOptions,
  type WazzupSimulator,
} from '../../../src/sandbox/wazzup/start-wazzup.ts'

export const module = {
  crmCode: 'acme-crm',
  secret: 'a-secret-of-the-module',
  authRedirectUri: 'http://crm.test/wauth',
}

/** A simulator with one module, closed when the test ends. */
export async function wazzupAtHand(options: WazzupOptions = {}): Promise<WazzupSimulator> {
  const wazzup = await startWazzup({ module, ...options })
  onTestFinished(() => wazzup.close())
  return wazzup
}

export interface Heard {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  json: () => unknown
}

/** Sends a request as it is given, follows nothing. */
export async function send(url: string, options: Parameters<typeof request>[1] = {}): Promise<Heard> {
  const { statusCode, headers, body } = await request(url, { ...options, reset: true })
  const text = await body.text()
  return { status: statusCode, headers, text, json: () => JSON.parse(text) as unknown }
}

/** `POST /v3/connect` as a connector sends it; what is given replaces the usual fields. */
export async function connect(wazzup: WazzupSimulator, fields: Record<string, unknown> = {}): Promise<Heard> {
  const usual = { secret: module.secret, crmKey: 'crm-key-1', name: 'acme.example' }
  const state = fields['state'] ?? (await wazzup.mintState())
  return send(`${wazzup.url}/v3/connect`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...usual, ...fields, state }),
  })
}

/** The apiKey of a good answer. */
export const apiKeyIn = ({ json }: Heard) => (json() as { data: string }).data
