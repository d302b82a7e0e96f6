/** Plays customers who connect, and the CRM that hands them over: every request of an install, and nothing else. */
import { SignJWT } from 'jose'
import { randomUUID } from 'node:crypto'
import { Agent, request } from 'undici'
import { answerParent } from '../processes/answer-parent.ts'
import { HANDOFF } from '../processes/service.ts'
import { started } from '../processes/started.ts'

export interface InstallLoad {
  url: string
  states: readonly string[]
  /** How many customers are under way at a time. */
  atATime: number
}

/** In milliseconds. */
export interface InstallsDone {
  wall: number
  /** What the POST of the confirm page took, in the order of the installs. */
  confirms: number[]
}

const agent = new Agent({ connections: 32 })
const secret = new TextEncoder().encode(HANDOFF.secret)
let customers = 0

answerParent({
  async load({ url, states, atATime }: InstallLoad): Promise<InstallsDone> {
    const left = [...states]
    const confirms: number[] = []
    const began = performance.now()
    await Promise.all(
      Array.from({ length: atATime }, async () => {
        for (let state = left.shift(); state !== undefined; state = left.shift())
          confirms.push(await install(url, state))
      }),
    )
    return { wall: performance.now() - began, confirms }
  },
})
started()

/** Resolves to the milliseconds of the confirm step. */
async function install(url: string, state: string): Promise<number> {
  // Others come while this one is under way: its number is its own.
  const number = ++customers
  const visit = visitor(url, number)
  const opened = await visit.get(`/wauth?state=${encodeURIComponent(state)}`)
  const toLogin = new URL((await visit.get(opened.location)).location)
  const token = await handOver(toLogin.searchParams.get('request') ?? '', url, number)
  const { location: confirm } = await visit.get(`/wauth/callback?token=${token}`)
  const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec((await visit.get(confirm)).html) ?? []
  const pressed = performance.now()
  const { location: result } = await visit.post(
    confirm,
    new URLSearchParams({ csrf, aware: 'on' }).toString(),
  )
  const took = performance.now() - pressed
  const { status } = await visit.get(result)
  if (status !== 200 || !result.endsWith('/result'))
    throw new Error(`an install ended with ${status} at ${result}`)
  return took
}

/** A browser with one cookie jar and an address of its own. */
function visitor(url: string, number: number) {
  const cookies: string[] = []
  const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`
  const send = async (method: 'GET' | 'POST', path: string, body: string | null) => {
    const {
      statusCode,
      headers,
      body: answer,
    } = await request(new URL(path, url), {
      ...{ method, body, dispatcher: agent },
      headers: {
        ...{ accept: 'text/html', 'x-forwarded-for': address, cookie: cookies.join('; ') },
        ...(body !== null && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    })
    for (const cookie of [headers['set-cookie'] ?? []].flat()) cookies.push(cookie.split(';')[0] ?? '')
    return { status: statusCode, location: String(headers['location'] ?? ''), html: await answer.text() }
  }
  return {
    get: (path: string) => send('GET', path, null),
    post: (path: string, body: string) => send('POST', path, body),
  }
}

const handOver = (nonce: string, audience: string, number: number): Promise<string> =>
  new SignJWT({
    ...{ nonce, jti: randomUUID(), sub: `user-${number}`, user_name: 'Ann Admin', role: 'admin' },
    ...{ account_id: `installed-${number}`, account_name: `Customer ${number} Ltd` },
  })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(HANDOFF.issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(secret)
