import { z } from 'zod'
import type { Problem } from './config-error.ts'
import { settingFacts } from './setting-facts.ts'
import { textValue, type SettingsSource } from './text-value.ts'

/** What came of reading a section. `partial` has every field that was good, also those that are not set; `complete` only when all were. */
export interface SectionReading<T> {
  partial: Partial<T>
  complete: T | null
  problems: Problem[]
}

/**
 * Reads the settings that a schema names: its field names are the names of environment variables. Finds every problem
 * at once; rules of the whole schema (`.superRefine`) are asked when each field by itself is good.
 */
export function readSection<S extends z.ZodObject>(
  schema: S,
  source: SettingsSource,
): SectionReading<z.output<S>> {
  const texts: Record<string, string> = {}
  const partial: Record<string, unknown> = {}
  const problems: Problem[] = []
  const facts = settingFacts(schema)
  const hints = new Map(facts.map(({ name, hint }) => [name, hint]))
  const report = (name: string, issues: readonly z.core.$ZodIssue[]) => {
    for (const issue of issues) problems.push(asProblem(name, issue, hints))
  }

  for (const [name, field] of Object.entries<z.core.$ZodType>(schema.shape)) {
    const text = textValue(name, source)
    if (typeof text === 'object') {
      problems.push(text)
      continue
    }
    if (text !== undefined) texts[name] = text
    const parsed = z.safeParse(field, text)
    if (parsed.success) partial[name] = parsed.data
    else if (text === undefined) problems.push({ name, problem: 'is missing', hint: hints.get(name) ?? '' })
    else report(name, parsed.error.issues)
  }

  const whole = problems.length === 0 ? schema.safeParse(texts) : undefined
  if (whole?.error) for (const issue of whole.error.issues) report(String(issue.path[0]), [issue])
  return {
    partial: partial as Partial<z.output<S>>,
    complete: whole?.data ?? null,
    problems,
  }
}

/** zod's own sentences name types and limits, never the input, so they may be shown. */
function asProblem(name: string, issue: z.core.$ZodIssue, hints: ReadonlyMap<string, string>): Problem {
  const own = issue.code === 'custom' ? (issue.params?.['hint'] as unknown) : undefined
  return { name, problem: issue.message, hint: typeof own === 'string' ? own : (hints.get(name) ?? '') }
}
