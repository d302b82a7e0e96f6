import { openApiDocument } from '../../../src/http/internal/openapi/document.ts'

/** What of an HTTP answer is documented. */
export interface Answer {
  status: number
  headers: Headers
  text: string
}

export interface ResponseObject {
  /** Where in the document it stands. */
  pointer: string
  headers?: Record<string, { required?: boolean }>
  content?: Record<string, { schema: object; examples?: Record<string, unknown> }>
}

export interface Operation {
  id: string
  method: string
  path: string
  needsToken: boolean
  hasBody: boolean
  responses: Record<string, ResponseObject>
}

interface Raw {
  operationId: string
  security?: []
  requestBody?: object
  responses: Record<string, { $ref?: string } & Omit<ResponseObject, 'pointer'>>
}

export const document = openApiDocument()

const paths = (document.paths ?? {}) as unknown as Record<string, Record<string, Raw>>

/** Every operation of the document, with its responses wherever they stand. */
export const operations: readonly Operation[] = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, raw]) => ({
    ...{ id: raw.operationId, method: method.toUpperCase(), path },
    ...{ needsToken: raw.security === undefined, hasBody: raw.requestBody !== undefined },
    responses: responsesOf(raw, `#/paths/${path.replaceAll('/', '~1')}/${method}`),
  })),
)

function responsesOf({ responses }: Raw, operation: string): Operation['responses'] {
  const found = Object.entries(responses).map(([status, response]) => {
    const { $ref } = response
    const pointer = $ref ?? `${operation}/responses/${status}`
    return [status, $ref === undefined ? { pointer, ...response } : { pointer, ...shared($ref) }] as const
  })
  return Object.fromEntries(found)
}

function shared($ref: string) {
  const name = $ref.slice($ref.lastIndexOf('/') + 1)
  return (document.components?.responses?.[name] ?? {}) as Omit<ResponseObject, 'pointer'>
}

/** Every answer that is documented for an operation, as `status` or `status code`. */
export const documentedAnswers = ({ responses }: Operation): string[] =>
  Object.entries(responses).flatMap(([status, { content }]) => {
    const codes = Object.keys(content?.['application/problem+json']?.examples ?? {})
    return codes.length === 0 ? [status] : codes.map((code) => `${status} ${code}`)
  })

/** An answer, in the same form. */
export function nameOf({ status, headers, text }: Answer): string {
  if (headers.get('content-type')?.startsWith('application/problem+json') !== true) return String(status)
  return `${status} ${(JSON.parse(text) as { code: string }).code}`
}
