import type { FastifyInstance } from 'fastify'
import type { Kind } from '../accounts.ts'
import { listOf } from '../entities/read.ts'
import { BATCH_LIMIT, tooMany, upsert } from '../entities/upsert.ts'
import type { Answer } from '../answer.ts'
import { plainError } from '../error-shapes.ts'
import { withKey, type KeyedRequest } from '../with-key.ts'
import type { World } from '../world.ts'

const notFound: Answer = plainError(404, { code: 'NOT_FOUND', description: 'There is no such entity' })

const isId = (id: unknown) => typeof id === 'string' || typeof id === 'number'

/** Answers with the ids that were not there. */
const bulkDelete =
  (kind: Kind) =>
  ({ account, body }: KeyedRequest): Answer => {
    if (!Array.isArray(body) || !body.every(isId))
      return plainError(400, { code: 'INVALID_DATA', description: 'Body must be an array of ids' })
    if (kind !== 'users' && body.length > BATCH_LIMIT) return tooMany(body.length)
    return { status: 200, body: body.filter((id) => !account[kind].delete(String(id))) }
  }

function collection(app: FastifyInstance, world: World, kind: Kind) {
  const path = `/v3/${kind}`
  withKey(app, world, {
    ...{ method: 'GET', path },
    handle: ({ account, offset }) => listOf(kind, account, { offset, switches: world.switches }),
  })
  withKey(app, world, {
    ...{ method: 'POST', path },
    handle: ({ account, body }) => upsert(kind, body, { account, switches: world.switches }),
  })
}

function single(app: FastifyInstance, world: World, kind: Kind) {
  const path = `/v3/${kind}/:id`
  withKey(app, world, {
    ...{ method: 'GET', path },
    handle: ({ account, id }) => {
      const entity = account[kind].get(id)
      return entity ? { status: 200, body: entity } : notFound
    },
  })
  withKey(app, world, {
    ...{ method: 'DELETE', path },
    handle: ({ account, id }) => (account[kind].delete(id) ? { status: 200 } : notFound),
  })
  withKey(app, world, { method: 'PATCH', path: `/v3/${kind}/bulk_delete`, handle: bulkDelete(kind) })
}

/** The routes of users, contacts, deals and pipelines. */
export function entityRoutes(app: FastifyInstance, world: World) {
  for (const kind of ['users', 'contacts', 'deals', 'pipelines'] as const) collection(app, world, kind)
  for (const kind of ['users', 'contacts', 'deals'] as const) single(app, world, kind)
}
