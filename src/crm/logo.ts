import { request } from 'undici'
import type { Logger } from '../observability/logger.ts'
import { seconds } from '../shared/clock.ts'
import { USER_AGENT } from '../shared/version.ts'
import { STRAIGHT, type WayOut } from '../config/way-out.ts'
import { agentFor } from '../upstream/way-out.ts'

/** The CRM's logo, fetched by us so that a customer's browser never asks a third party. */
export interface Logo {
  type: string
  body: Buffer
}

const TYPES = ['image/svg+xml', 'image/png', 'image/webp', 'image/jpeg', 'image/gif']
const LARGEST = 256 * 1024
const DEADLINE = seconds(5)

/** The logo at an address: nothing until it has been fetched, and the same ever after. */
export interface LogoSource {
  current: () => Logo | null
  /** Fetches it, unless it is there already; to be called again after a failure. Never more to do at once. */
  refresh: () => Promise<false>
}

export function createLogoSource(url: URL | null, log: Logger, wayOut: WayOut): LogoSource {
  let logo: Logo | null = null
  return {
    current: () => logo,
    async refresh() {
      if (!url || logo) return false
      logo = await fetchLogo(url, { wayOut })
      if (!logo) log.warn({ event: 'crm.logo_missing', hint: 'Check CRM_LOGO_URL. Pages do without it.' })
      return false
    },
  }
}

/** Fetches a logo. Null when it is out of reach, no image, or larger than 256 KiB. */
export async function fetchLogo(
  url: URL,
  { deadline = DEADLINE, wayOut = STRAIGHT }: { deadline?: number; wayOut?: WayOut } = {},
): Promise<Logo | null> {
  const agent = agentFor(wayOut, { maxResponseSize: LARGEST })
  try {
    const signal = AbortSignal.timeout(deadline)
    const { statusCode, headers, body } = await request(url, {
      ...{ dispatcher: agent, signal },
      headers: { 'user-agent': USER_AGENT },
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
