import { Agent, request } from 'undici'
import { seconds } from '../shared/clock.ts'

/** The CRM's logo, fetched by us so that a customer's browser never asks a third party. */
export interface Logo {
  type: string
  body: Buffer
}

const TYPES = ['image/svg+xml', 'image/png', 'image/webp', 'image/jpeg', 'image/gif']
const LARGEST = 256 * 1024
const DEADLINE = seconds(5)

/** Fetches the logo once. Null when it is out of reach, no image, or larger than 256 KiB: pages do without. */
export async function fetchLogo(url: URL): Promise<Logo | null> {
  const agent = new Agent({ maxResponseSize: LARGEST })
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher: agent,
      signal: AbortSignal.timeout(DEADLINE),
    })
    const type = String(headers['content-type']).split(';')[0]?.trim() ?? ''
    if (statusCode !== 200 || !TYPES.includes(type)) return null
    return { type, body: Buffer.from(await body.arrayBuffer()) }
  } catch {
    return null
  } finally {
    await agent.destroy()
  }
}
