import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { cursorOf } from '../cursor.ts'
import { PROBLEMS } from '../problems.ts'
import { listCursorOf, positionOf } from '../schemas/changed-since.ts'
import {
  ApiKeyAnswer,
  ConnectionAnswer,
  ConnectionsAnswer,
  DisconnectedAnswer,
  ErasedAnswer,
  Listing,
} from '../schemas/connections.ts'
import { CrmAccount, Operator } from './parameters.ts'
import { problemResponses, SEAL_PROBLEMS } from './problem-responses.ts'
import { json, NoStore } from './responses.ts'

const connection: ConnectionAnswer = {
  connectionId: 'Zb5Vc1oUu0J9c1Yw',
  crmAccountId: 'acme',
  crmAccountName: 'Acme Travel',
  wazzupAccountId: '12345678',
  status: 'connected',
  generation: 1,
  connectedAt: '2026-11-23T12:00:00.000Z',
  invalidSince: null,
  disconnectedAt: null,
  warning: null,
}

const here = { epoch: '3f9a2c81d0b4', number: 841 }
const PAGE = {
  next: cursorOf(listCursorOf({ account: 'acme', position: here })),
  position: positionOf(here),
}

const byOperator = { path: CrmAccount, header: Operator }

export const connectionPaths: ZodOpenApiPathsObject = {
  '/v1/connections': {
    get: {
      operationId: 'listConnections',
      tags: ['connections'],
      summary: 'The connections, in the order of their CRM accounts; no key is in it.',
      description:
        'With `changedSince` those that have changed since, for who was away: status, generation, names, Wazzup account, warning. ' +
        'Nothing that was committed is missed; an item may come again. After `position_unknown` list all once more.',
      requestParams: { query: Listing },
      responses: {
        200: {
          description: 'One page.',
          content: json(ConnectionsAnswer, { items: [connection], ...PAGE }),
        },
        ...problemResponses(PROBLEMS.badRequest, PROBLEMS.positionUnknown),
      },
    },
  },
  '/v1/connections/{crmAccountId}': {
    get: {
      operationId: 'getConnection',
      tags: ['connections'],
      summary: 'One connection; no key is in it.',
      requestParams: { path: CrmAccount },
      responses: {
        200: { description: 'The connection.', content: json(ConnectionAnswer, connection) },
        ...problemResponses(PROBLEMS.unknownConnection),
      },
    },
    delete: {
      operationId: 'disconnect',
      tags: ['connections'],
      summary: 'Ends a connection; to end it twice is as good as once.',
      description:
        'The keys are refused at once on every replica, and erased; the history stays. Then Wazzup is asked to ' +
        'switch the webhooks off, for 15 s at most. Where it could not be told (`failed`), the service goes on trying for ' +
        'a day, unless Wazzup refuses the apiKey.',
      requestParams: byOperator,
      responses: {
        200: {
          description: 'It has ended.',
          content: json(DisconnectedAnswer, { status: 'disconnected', subscriptions: 'off' }),
        },
        ...problemResponses(PROBLEMS.unknownConnection),
      },
    },
  },
  '/v1/connections/{crmAccountId}/api-key': {
    get: {
      operationId: 'readApiKey',
      tags: ['connections'],
      summary: 'The apiKey of a connection. Who asked is in the audit trail.',
      requestParams: byOperator,
      responses: {
        200: {
          description: 'The apiKey.',
          headers: NoStore,
          content: json(ApiKeyAnswer, { apiKey: '0f8fad5bd9cb469fa16570867728950e' }),
        },
        ...problemResponses(PROBLEMS.noApiKey, ...SEAL_PROBLEMS),
      },
    },
  },
  '/v1/connections/{crmAccountId}/erase': {
    post: {
      operationId: 'erasePersons',
      tags: ['connections'],
      summary: 'Erases the persons of a connection that has ended; to erase twice is as good as once.',
      description:
        'Ids and names of users, their addresses, and the names of the account are emptied in every table. What was ' +
        'done, and when, stays; so do the ids of the account. Afterwards the database is asked to forget them in its files, too.',
      requestParams: byOperator,
      responses: {
        200: {
          description: 'Nothing of a person is left in the rows.',
          content: json(ErasedAnswer, {
            ...{ status: 'erased', rows: 4 },
            remains: [
              {
                code: 'backups',
                detail: 'Backups and copies in other places hold it until they are deleted.',
              },
            ],
          }),
        },
        ...problemResponses(PROBLEMS.unknownConnection, PROBLEMS.stillConnected),
      },
    },
  },
}
