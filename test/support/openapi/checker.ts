import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { default as formats } from 'ajv-formats'
import type { Answer, Operation, ResponseObject } from './operations.ts'

/** Whether an answer is one that the document has for its operation. Returns every way in which it is not. */
export type Checker = (operation: Operation, answer: Answer) => string[]

export function createChecker(document: object): Checker {
  const [bodies, headers] = [schemasOf(document), schemasOf(document, { coerceTypes: true })]
  return (operation, answer) => {
    const response = operation.responses[answer.status]
    if (!response) return [`${answer.status} is not documented`]
    return [...bodyProblems(response, answer, bodies), ...headerProblems(response, answer, headers)]
  }
}

type Schemas = (pointer: string) => ValidateFunction

function schemasOf(document: object, options = {}): Schemas {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, ...options })
  formats.default(ajv)
  ajv.addSchema({ ...document, $id: 'document' })
  return (pointer) => ajv.compile({ $ref: `document${pointer}` })
}

function bodyProblems({ pointer, content }: ResponseObject, answer: Answer, schemas: Schemas): string[] {
  const type = answer.headers.get('content-type')?.split(';')[0] ?? null
  if (!content) return answer.text === '' ? [] : ['there is a body, and none is documented']
  if (type === null || !(type in content)) return [`${type ?? 'no type'} is not documented`]
  const valid = schemas(`${pointer}/content/${type.replaceAll('/', '~1')}/schema`)
  const body: unknown = type.endsWith('json') ? JSON.parse(answer.text) : answer.text
  return valid(body) ? [] : [JSON.stringify(valid.errors)]
}

function headerProblems({ pointer, headers = {} }: ResponseObject, answer: Answer, schemas: Schemas) {
  return Object.entries(headers).flatMap(([name, { required }]) => {
    const value = answer.headers.get(name)
    if (value === null) return required === true ? [`${name} is missing`] : []
    // Only what is within an object can be coerced.
    const valid = schemas(`${pointer}/headers/${name}/schema`)
    return valid(value) ? [] : [`${name}: ${JSON.stringify(valid.errors)}`]
  })
}
