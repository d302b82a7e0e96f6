import { idOf, reject, type Rule } from './rule.ts'
import { nameOf } from './text.ts'

const LONGEST_NAME = 100

/** Fact sheet, 9: an empty list of stages is an error, so it is left away. */
export const pipelineRule: Rule = ({ name: given, stages: list }, id) => {
  const name = nameOf(given, LONGEST_NAME)
  if (name === null) return reject(id, 'name_missing')
  const all = Array.isArray(list) ? list : []
  const stages = all.map(stageOf).filter((stage) => stage !== null)
  const leftOut = stages.length < all.length ? ['stage_left_out'] : []
  return { kind: 'row', id, row: stages.length > 0 ? { id, name, stages } : { id, name }, leftOut }
}

function stageOf(value: unknown): object | null {
  if (typeof value !== 'object' || value === null) return null
  const fields = value as Record<string, unknown>
  const [id, name] = [idOf(fields['id']), nameOf(fields['name'], LONGEST_NAME)]
  return id === null || name === null ? null : { id, name }
}
