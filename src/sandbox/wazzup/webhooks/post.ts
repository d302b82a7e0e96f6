import { Agent, request } from 'undici'

/** What a POST to the CRM came to. `code`: the transport's own word when nobody answered in time. */
export type Posted = { kind: 'answered'; status: number; text: string } | { kind: 'failed'; code: string }

export interface Post {
  authorization: string | null
  contentType: string
  /** From the start to the last byte of the answer, in milliseconds. */
  patience: number
}

const codeOf = (error: unknown): string => {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  if (!(error instanceof Error)) return 'UNKNOWN'
  if (error.name === 'TimeoutError') return 'ETIMEDOUT'
  return 'code' in error ? String(error.code) : error.name
}

/** Posts JSON to the CRM, or null for an empty body, and follows no redirect. */
export async function post(uri: string, payload: unknown, terms: Post): Promise<Posted> {
  const dispatcher = new Agent()
  try {
    const { statusCode: status, body } = await request(uri, {
      dispatcher,
      method: 'POST',
      headers: {
        'content-type': terms.contentType,
        ...(terms.authorization !== null && { authorization: terms.authorization }),
      },
      body: payload === null ? '' : JSON.stringify(payload),
      signal: AbortSignal.timeout(terms.patience),
    })
    return { kind: 'answered', status, text: await body.text() }
  } catch (error) {
    return { kind: 'failed', code: codeOf(error) }
  } finally {
    await dispatcher.destroy()
  }
}
