import { randomBytes } from 'node:crypto'
import type { Answer } from './answer.ts'
import type { Switches } from './switches.ts'

/** What is wrong, in the words of an error body: a code in capitals and a short English text. */
export interface Complaint {
  code: string
  description: string
}

/** `{ error, description }`: the shape that every route may use. */
export const plainError = (status: number, { code, description }: Complaint): Answer => ({
  status,
  body: { error: code, description },
})

const unauthorized = { code: 'UNAUTHORIZED', description: 'Unknown secret' }

const wrongSecretAnswers: Record<Switches['wrongSecret'], Answer> = {
  unauthorized: plainError(401, unauthorized),
  'bad-request': plainError(400, unauthorized),
  forbidden: plainError(403, { code: 'FORBIDDEN', description: 'Unknown secret' }),
  empty: { status: 401 },
  html: {
    status: 401,
    headers: { 'content-type': 'text/html' },
    body: '<html><h1>401 Unauthorized</h1></html>',
  },
}

/** The refusal of a secret that no module has. */
export const wrongSecret = (shape: Switches['wrongSecret']): Answer => wrongSecretAnswers[shape]

/** The refusal of a state that is foreign, forged, expired or used up: always 400, in one of the shapes seen. */
export function badState(shape: Switches['badState']): Answer {
  const complaint = { code: 'INVALID_STATE', description: 'State is not valid' }
  switch (shape) {
    case 'coded':
      return plainError(400, complaint)
    case 'with-request-id': {
      const requestId = randomBytes(16).toString('hex')
      return {
        status: 400,
        body: { status: 400, requestId, error: complaint.code, description: 'State is not valid' },
      }
    }
    case 'nested':
      return { status: 400, body: { error: { code: complaint.code } } }
    case 'bare-string':
      return { status: 400, body: JSON.stringify(complaint.code) }
    case 'empty':
      return { status: 400 }
    case 'breaks':
      return { status: 500 }
  }
}
