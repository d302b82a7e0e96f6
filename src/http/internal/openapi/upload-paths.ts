import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { PROBLEMS } from '../problems.ts'
import { ProgressAnswer, StartBody, StartedAnswer } from '../schemas/uploads.ts'
import { CrmAccount } from './parameters.ts'
import { BODY_PROBLEMS, problemResponses } from './problem-responses.ts'
import { json } from './responses.ts'

const progress: ProgressAnswer = {
  status: 'running',
  reason: null,
  steps: [
    {
      ...{ kind: 'users', status: 'done', reason: null },
      ...{ read: 12, sent: 12, rejected: 0, total: 12, secondsLeft: 0 },
    },
    {
      ...{ kind: 'contacts', status: 'running', reason: null },
      ...{ read: 4000, sent: 3990, rejected: 10, total: 10_000, secondsLeft: 75 },
    },
  ],
}

export const uploadPaths: ZodOpenApiPathsObject = {
  '/v1/connections/{crmAccountId}/upload': {
    post: {
      operationId: 'startUpload',
      tags: ['uploads'],
      summary: 'Runs the upload again, from the beginning.',
      requestParams: { path: CrmAccount },
      requestBody: { required: false, content: json(StartBody, { webhooksOnly: true }) },
      responses: {
        202: {
          description: 'It is queued; a replica takes it within a second or so.',
          content: json(StartedAnswer, { status: 'waiting' }),
        },
        ...problemResponses(
          PROBLEMS.badRequest,
          PROBLEMS.unknownConnection,
          PROBLEMS.notConnected,
          PROBLEMS.nothingToUpload,
          ...BODY_PROBLEMS,
        ),
      },
    },
    get: {
      operationId: 'getUpload',
      tags: ['uploads'],
      summary: 'How far the upload has got.',
      requestParams: { path: CrmAccount },
      responses: {
        200: { description: 'Progress, step by step.', content: json(ProgressAnswer, progress) },
        ...problemResponses(PROBLEMS.noUpload),
      },
    },
  },
}
