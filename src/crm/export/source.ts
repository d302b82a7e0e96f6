import { request, type Dispatcher } from 'undici'
import { seconds, type Clock } from '../../shared/clock.ts'
import { retryAfter } from '../../shared/retry-after.ts'
import { USER_AGENT } from '../../shared/version.ts'
import { transportCode } from '../../upstream/before-sending.ts'
import { STRAIGHT, type WayOut } from '../../config/way-out.ts'
import { agentFor } from '../../upstream/way-out.ts'
import { readBody, TooLarge, Undecodable } from '../../upstream/read-body.ts'
import { withDeadline } from '../../upstream/with-deadline.ts'
import type { CrmSource, PageOutcome, PageRequest } from '../port.ts'
import { readPage, unavailable } from './read-page.ts'

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
  const { status, headers, text } = await answerOf(asked, options)
  if (status === 200) return text === null ? unavailable('export_encoding', status) : readPage(text)
  if (status === 429 || status === 503) {
    const wait = retryAfter(headers['retry-after'], options.clock())
    return { kind: 'unavailable', code: 'export_busy', status, retryAfter: wait }
  }
  const passing = status >= 500 || status === 408 || status < 400
  return passing ? unavailable('export_failed', status) : { kind: 'refused', code: 'export_refused', status }
}

/** `text` is null where it is packed or written in a way that nobody can read. */
async function answerOf(asked: PageRequest, options: ExportOptions & { agent: Dispatcher }) {
  const { agent: dispatcher, deadline = DEADLINE, maxPage = MAX_PAGE } = options
  const token = options.token()
  return withDeadline({ deadline }, async (signal) => {
    const {
      statusCode: status,
      headers,
      body,
    } = await request(addressOf(options.url, asked), {
      ...{ dispatcher, signal },
      headers: { ...HEADERS, ...(token !== null && { authorization: `Bearer ${token}` }) },
    })
    const text = await readBody(body, { headers, limit: maxPage }).catch((error: unknown) => {
      if (!(error instanceof Undecodable)) throw error
      return null
    })
    return { status, headers, text }
  })
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
  if (error instanceof TooLarge) return 'export_page_too_large'
  if (error instanceof Error && error.name === 'TimeoutError') return 'export_too_slow'
  return 'export_out_of_reach'
}
