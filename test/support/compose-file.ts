import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export const COMPOSE = join(import.meta.dirname, '../../docs/compose')

export interface ComposeService {
  image: string
  build?: string
  command?: string[]
  environment?: Record<string, string | number>
  depends_on?: Record<string, { condition: string }>
  networks?: string[]
  volumes?: string[]
  ports?: string[]
  expose?: string[]
}

/** The services of `docs/compose/compose.yaml`, as Compose reads it with these variables. */
export function composeServices(variables: Record<string, string>): Record<string, ComposeService> {
  const text = readFileSync(join(COMPOSE, 'compose.yaml'), 'utf8')
  const whole = interpolated(parse(text, { merge: true }), variables)
  return (whole as { services: Record<string, ComposeService> }).services
}

function interpolated(value: unknown, variables: Record<string, string>): unknown {
  if (typeof value === 'string') return withValues(value, variables)
  if (Array.isArray(value)) return value.map((item) => interpolated(item, variables))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolated(item, variables)]))
}

const INNERMOST = /\$\{(\w+)(?:(:?)([-+?])([^${}]*))?\}/

/** The forms that the file uses, one within another: ${A}, ${A-b}, ${A:-b}, ${A:+b}, ${A:?b}. */
function withValues(text: string, variables: Record<string, string>): string {
  const [found, name = '', colon, form, other = ''] = INNERMOST.exec(text) ?? []
  if (found === undefined) return text
  const value = variables[name]
  const isSet = colon ? Boolean(value) : value !== undefined
  if (form === '?' && !isSet) throw new Error(`${name} ${other}`)
  const chosen = form === '+' ? (isSet ? other : '') : isSet ? value : other
  return withValues(
    text.replace(found, () => chosen ?? ''),
    variables,
  )
}
