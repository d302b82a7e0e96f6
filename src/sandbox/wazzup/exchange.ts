import type { Answer } from './answer.ts'
import { readConnectFields, type ConnectFields } from './connect-fields.ts'
import type { Connection } from './connections.ts'
import { badState, plainError, wrongSecret } from './error-shapes.ts'
import type { Switches } from './switches.ts'
import type { World } from './world.ts'

// What fits into an `Authorization: Bearer …` header.
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/

/** Why this can be no crmKey; null when it can. */
export function badCrmKey(crmKey: unknown, { crmKeyLimit }: Switches): Answer | null {
  if (typeof crmKey === 'string' && token68.test(crmKey) && crmKey.length <= crmKeyLimit) return null
  return plainError(400, {
    code: 'INVALID_CRM_KEY',
    description: 'crmKey is missing, too long or not a token',
  })
}

function complaintAbout({ crmKey, name }: ConnectFields, switches: Switches): Answer | null {
  const { nameLimit } = switches
  const bad = badCrmKey(crmKey, switches)
  if (bad) return bad
  if (name === '' || name.length > nameLimit)
    return plainError(400, { code: 'INVALID_NAME', description: 'name is missing or too long' })
  return null
}

const nameTaken = plainError(400, { code: 'NAME_NOT_UNIQUE', description: 'Somebody else has this name' })

const oddities: Record<Exclude<Switches['keyData'], 'string'>, (apiKey: string) => unknown> = {
  missing: () => ({}),
  null: () => ({ data: null }),
  number: () => ({ data: 112233 }),
  object: (apiKey) => ({ data: { apiKey } }),
  empty: () => ({ data: '' }),
  'line-break': (apiKey) => ({ data: `${apiKey}\r\nX-Injected: 1` }),
  'too-long': (apiKey) => ({ data: apiKey.repeat(1000) }),
}

const granted = ({ apiKey }: Connection, shape: Switches['keyData']): Answer => ({
  status: 200,
  body: shape === 'string' ? { data: apiKey } : oddities[shape](apiKey),
})

/** What Wazzup does with a `POST /v3/connect`: checks it, stores the connection, answers with the apiKey. */
export async function exchange(world: World, body: string): Promise<Answer> {
  const { switches, modules, states, connections } = world
  const fields = readConnectFields(body)
  const module = modules.withSecret(fields.secret)
  if (!module) return wrongSecret(switches.wrongSecret)
  const claims = await states.read(fields.state)
  if (claims?.crmCode !== module.crmCode) return badState(switches.badState)
  const earlier = connections.madeWith(fields.state)
  if (earlier && switches.stateReuse === 'refused') return badState(switches.badState)
  const complaint = complaintAbout(fields, switches)
  if (complaint) return complaint
  const isTaken = connections
    .all()
    .some(({ name, accountId }) => name === fields.name && accountId !== claims.accountId)
  if (isTaken && switches.names === 'unique') return nameTaken
  if (earlier && switches.stateReuse === 'same-key') {
    Object.assign(earlier, { crmKey: fields.crmKey, name: fields.name })
    return granted(earlier, switches.keyData)
  }
  const { accountId, crmCode } = claims
  const details = { accountId, crmCode, crmKey: fields.crmKey, name: fields.name, connectedAt: world.now() }
  return granted(connections.add(fields.state, details, switches.reconnect), switches.keyData)
}
