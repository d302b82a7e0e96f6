import type { Dispatcher } from 'undici'
import { seconds, type Clock } from '../../shared/clock.ts'
import { retryAfter } from '../../shared/retry-after.ts'
import { USER_AGENT } from '../../shared/version.ts'
import { transportCode } from '../../upstream/before-sending.ts'
import { STRAIGHT, type WayOut } from '../../config/way-out.ts'
import { agentFor } from '../../upstream/way-out.ts'
import { exchange } from '../../upstream/exchange.ts'
import { TooLarge } from '../../upstream/read-body.ts'
import type { CrmSource, PageOutcome, PageRequest } from '../port.ts'
import { readPage, TOO_LARGE, unavailable } from './read-page.ts'

export interface ExportOptions {
  /** `CRM_EXPORT_URL`: the kind is put behind its path. */
  url: URL
  /** Null asks without one: a check does. */
  token: () => string | null
  clock: Clock
  /** Without it straight, by the authorities of Node. */
  wayOut?: WayOut
  /** From the request to the last byte of a page, in milliseconds. */
  deadline?: number
  /** Bytes of a page, unpacked. */
  maxPage?: number
}

const DEADLINE = seconds(30)
const MAX_PAGE = 10 * 1024 * 1024

const HEADERS = { accept: 'application/json', 'accept-encoding': 'gzip, br', 'user-agent': USER_AGENT }

/** Reads the CRM's export endpoint: see docs/upload.md, «The export endpoint». Redirects are not followed. */
export function createExportSource(options: ExportOptions): CrmSource {
  const agent = agentFor(options.wayOut ?? STRAIGHT)
  return {
    async page(asked) {
      try {
        return await get(asked, { ...options, agent })
      } catch (error) {
        return { ...unavailable(codeOf(error)), transport: transportCode(error) }
      }
    },
    close: () => agent.destroy(),
  }
}

async function get(asked: PageRequest, options: ExportOptions & { agent: Dispatcher }): Promise<PageOutcome> {
  const { agent, deadline = DEADLINE, maxPage: limit = MAX_PAGE } = options
  const token = options.token()
  const { origin, pathname, search } = addressOf(options.url, asked)
  const request = {
    ...({ method: 'GET', origin, path: `${pathname}${search}` } as const),
    headers: { ...HEADERS, ...(token !== null && { authorization: `Bearer ${token}` }) },
  }
  const { status, headers, body } = await exchange(agent, request, { deadline, limit })
  if (body instanceof TooLarge) throw body
  if (status === 200)
    return typeof body === 'string' ? readPage(body) : unavailable('export_encoding', status)
  if (status === 429 || status === 503) {
    const wait = retryAfter(headers['retry-after'], options.clock())
    return { kind: 'unavailable', code: 'export_busy', status, retryAfter: wait }
  }
  const passing = status >= 500 || status === 408 || status < 400
  return passing ? unavailable('export_failed', status) : { kind: 'refused', code: 'export_refused', status }
}

function addressOf(base: URL, { kind, crmAccountId, cursor }: PageRequest): URL {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${kind}`
  url.searchParams.set('account', crmAccountId)
  if (cursor !== null) url.searchParams.set('cursor', cursor)
  return url
}

/** Why no page came, in a word that says nothing of the request. */
function codeOf(error: unknown): string {
  if (error instanceof TooLarge) return TOO_LARGE
  if (error instanceof Error && error.name === 'TimeoutError') return 'export_too_slow'
  return 'export_out_of_reach'
}
