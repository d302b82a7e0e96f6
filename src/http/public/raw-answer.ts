import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { hash } from 'node:crypto'
import { requestIdAt, supportIdFor } from '../../shared/request-id.ts'
import type { PublicDeps } from './deps.ts'
import type { RawAnswer } from '../answer-raw-error.ts'
import { pageStyle } from './assets/assets.ts'
import { rememberedIn } from './locale-of.ts'
import { chooseLocale } from './pages/choose-locale.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { statusOfProblem } from './statuses.ts'

interface Wishes {
  cookie?: string
  acceptLanguage?: string
}

/**
 * The answers to what never becomes a request. One whose headers are too large is a person's, whose browser has too many
 * cookies: they get a page, and any other request of that browser, for its style or its pictures, would end as this one.
 */
export function createRawAnswers({ pages, clock, random }: Pick<PublicDeps, 'pages' | 'clock' | 'random'>) {
  const heard = new WeakMap<Socket, Wishes>()
  const answer: RawAnswer = ({ status, reason, socket, last }) => {
    if (status !== statusOfProblem('headers_too_large')) {
      const body = `${status} ${reason}. Please start again from the Wazzup marketplace.\n`
      return { headers: { ...SECURITY_HEADERS, 'content-type': 'text/plain; charset=utf-8' }, body }
    }
    const { cookie, acceptLanguage } = { ...heard.get(socket), ...wishesIn(last) }
    const isKnown = cookie !== undefined || acceptLanguage !== undefined
    const locale = isKnown ? chooseLocale({ query: undefined, cookie, acceptLanguage }) : null
    const problem = 'headers_too_large'
    const supportId = supportIdFor(null, { requestId: requestIdAt(clock(), random), problem })
    const body = pages.alone(problem, supportId, locale)
    return { headers: { ...PAGE_HEADERS, 'content-type': 'text/html; charset=utf-8' }, body, supportId }
  }
  return { answer, listen: (server: Server) => server.on('connection', listenTo(heard)) }
}

/** The policy of every page, but for the one style sheet, which may stand in this one. */
const PAGE_HEADERS = {
  ...SECURITY_HEADERS,
  'content-security-policy': (SECURITY_HEADERS['content-security-policy'] ?? '').replace(
    "style-src 'self'",
    `style-src 'sha256-${hash('sha256', pageStyle, 'base64')}'`,
  ),
}

/** Headers that are too large often come in several parts, and the language stands in the first. */
const listenTo = (heard: WeakMap<Socket, Wishes>) => (socket: Socket) => {
  socket.on('data', (part: Buffer) => {
    if (!part.includes('\r\n\r\n')) heard.set(socket, { ...heard.get(socket), ...wishesIn(part) })
  })
}

function wishesIn(part: Buffer): Wishes {
  const text = part.toString('latin1')
  const acceptLanguage = /^accept-language:[ \t]*([^\r\n]*)/im.exec(text)?.[1]
  const cookie = rememberedIn(text)
  return { ...(cookie !== undefined && { cookie }), ...(acceptLanguage !== undefined && { acceptLanguage }) }
}
