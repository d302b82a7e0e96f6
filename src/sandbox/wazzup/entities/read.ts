import type { Account, Entity, Kind } from '../accounts.ts'
import type { Answer } from '../answer.ts'
import type { DataSwitches } from '../data-switches.ts'

const PAGE = 100

const by = (field: string) => (one: Entity, other: Entity) => {
  const [a, b] = [String(one[field]), String(other[field])]
  return a < b ? -1 : Number(a > b)
}

const counted = (entities: Entity[], offset: number, count: 'total' | 'in-answer'): Answer => {
  const data = entities.slice(offset, offset + PAGE)
  return { status: 200, body: { count: count === 'total' ? entities.length : data.length, data } }
}

/** `GET` of a kind, in the order and the envelope of that kind. */
export function listOf(
  kind: Kind,
  account: Account,
  { offset, switches }: { offset: number; switches: DataSwitches },
): Answer {
  const all = [...account[kind].values()]
  switch (kind) {
    case 'users': {
      const users = all.sort(by('name')).map(({ id, name }) => ({ id, name }))
      return switches.usersList === 'array' ? { status: 200, body: users } : counted(users, offset, 'total')
    }
    case 'contacts':
      return counted(all.sort(by('id')), offset, 'total')
    case 'deals':
      return counted(all.sort(by('id')), offset, switches.dealsCount)
    case 'pipelines':
      return { status: 200, body: switches.pipelinesList === 'array' ? all : { data: all } }
  }
}
