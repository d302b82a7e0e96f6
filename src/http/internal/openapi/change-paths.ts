import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { PROBLEMS } from '../problems.ts'
import { AcceptedAnswer, ChangesBody, StandingAnswer } from '../schemas/changes.ts'
import { CrmAccount } from './parameters.ts'
import { BODY_PROBLEMS, problemResponses } from './problem-responses.ts'
import { json } from './responses.ts'

const contact = {
  ...{ id: 'c-1', name: 'Ann', responsibleUserId: 'u-1' },
  contactData: [{ chatType: 'whatsapp', chatId: '79011112233' }],
}

export const changePaths: ZodOpenApiPathsObject = {
  '/v1/connections/{crmAccountId}/changes': {
    post: {
      operationId: 'addChanges',
      tags: ['changes'],
      summary: 'Passes on what you have changed: rows to be sent or deleted, all or none.',
      requestParams: { path: CrmAccount },
      requestBody: {
        required: true,
        content: json(ChangesBody, {
          changes: [
            { kind: 'contacts', op: 'upsert', row: contact },
            { kind: 'deals', op: 'delete', id: 'd-1' },
          ],
        }),
      },
      responses: {
        202: {
          description: 'They are kept, and sent as soon as Wazzup takes them.',
          content: json(AcceptedAnswer, { accepted: 2, waiting: 2 }),
        },
        ...problemResponses(
          PROBLEMS.badRequest,
          PROBLEMS.unknownConnection,
          PROBLEMS.notConnected,
          PROBLEMS.tooManyChanges,
          ...BODY_PROBLEMS,
        ),
      },
    },
    get: {
      operationId: 'getChanges',
      tags: ['changes'],
      summary: 'How far the changes have got.',
      requestParams: { path: CrmAccount },
      responses: {
        200: {
          description: 'Since the first change of the customer.',
          content: json(StandingAnswer, {
            ...{ waiting: 2, oldestSeconds: 1, sent: 40, rejected: 1, dropped: 0, waitsFor: null },
          }),
        },
        ...problemResponses(PROBLEMS.unknownConnection),
      },
    },
  },
}
