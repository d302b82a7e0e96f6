import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { PROBLEMS } from '../problems.ts'
import { InstallsAnswer, InstallsChange } from '../schemas/installs.ts'
import { Operator } from './parameters.ts'
import { BODY_PROBLEMS, problemResponses } from './problem-responses.ts'
import { json } from './responses.ts'

const reason = 'Wazzup is being moved'
const paused: InstallsAnswer = {
  ...{ paused: true, reason },
  ...{ changedBy: 'Olga', changedAt: '2026-11-23T12:00:00.000Z' },
}

export const installsPaths: ZodOpenApiPathsObject = {
  '/v1/installs': {
    get: {
      operationId: 'getInstalls',
      tags: ['operation'],
      summary: 'Whether new installs are paused, since when, by whom and why.',
      responses: {
        200: { description: 'What is so now.', content: json(InstallsAnswer, paused) },
        ...problemResponses(),
      },
    },
    put: {
      operationId: 'putInstalls',
      tags: ['operation'],
      summary: 'Pauses new installs, or lets them in again.',
      description:
        'From the commit on every replica answers a new attempt with a page that says when to come back, and 503. What is under ' +
        'way goes on: logins, confirm pages, exchanges, uploads. To ask for what is so already changes nothing; every ' +
        'change is in the audit trail.',
      requestParams: { header: Operator },
      requestBody: { required: true, content: json(InstallsChange, { paused: true, reason }) },
      responses: {
        200: { description: 'It is so.', content: json(InstallsAnswer, paused) },
        ...problemResponses(PROBLEMS.badRequest, ...BODY_PROBLEMS),
      },
    },
  },
}
