import { z } from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { PROBLEMS } from '../problems.ts'
import { SupportAnswer } from '../schemas/support.ts'
import { problemResponses } from './problem-responses.ts'
import { json } from './responses.ts'

const SupportId = z.object({
  supportId: z.string().meta({
    description:
      'From the page. In any case, with or without `WA` and its dashes; letters that look alike are taken as meant.',
    examples: ['WA-7K3M-9Q2P'],
  }),
})

const example: SupportAnswer = {
  ...{ supportId: 'WA-7K3M-9Q2P', status: 'failed', reason: 'not_allowed', loginCode: 'role_not_allowed' },
  ...{ crmAccountId: null, crmAccountName: null, wazzupAccountId: '12345678' },
  steps: [
    { at: '2026-11-23T12:00:00.000Z', step: 'opened', code: null },
    { at: '2026-11-23T12:00:00.200Z', step: 'sent_to_login', code: null },
    { at: '2026-11-23T12:00:21.000Z', step: 'came_back', code: null },
    { at: '2026-11-23T12:00:21.400Z', step: 'not_allowed', code: 'role_not_allowed' },
  ],
  ...{ areStepsLeftOut: false, exchange: null, connection: null, upload: null },
  keptUntil: '2026-11-24T12:10:00.000Z',
  advice: [
    {
      about: 'not_allowed',
      cause: "the user's role may not connect",
      toDo: 'log in as somebody who may; or change `OIDC_ALLOWED_ROLES`, `HANDOFF_ALLOWED_ROLES`',
    },
  ],
}

export const supportPaths: ZodOpenApiPathsObject = {
  '/v1/support/{supportId}': {
    get: {
      operationId: 'getSupport',
      tags: ['support'],
      summary: 'What happened to the attempt whose support id a customer tells; never a key, never a state.',
      description:
        'Every step of an attempt is kept until a day after its time is over, an hour where no login has come to an end; what its ' +
        'exchange tells stays for good. A page that was about no attempt has an id that says by itself what was wrong, for 90 days.',
      requestParams: { path: SupportId },
      responses: {
        200: { description: 'What is known.', content: json(SupportAnswer, example) },
        ...problemResponses(PROBLEMS.unknownSupportId),
      },
    },
  },
}
