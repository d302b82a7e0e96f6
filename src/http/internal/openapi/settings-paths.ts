import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { FingerprintsAnswer } from '../schemas/fingerprints.ts'
import { problemResponses } from './problem-responses.ts'
import { json } from './responses.ts'

const print = 'q5zr1ZyZ6N1s8mXo0c7Wm2oYc3l9b1pXw4dT7uKfE0g'

export const settingsPaths: ZodOpenApiPathsObject = {
  '/v1/settings/fingerprints': {
    get: {
      operationId: 'getFingerprints',
      tags: ['operation'],
      summary:
        'With which settings the service was started: for `wauth check`, which compares them with its own.',
      description:
        'Each setting is an HMAC under a key that is derived (HKDF) from an encryption key: without that key nothing can be guessed. ' +
        'There is one set for each of `ENCRYPTION_KEYS`.',
      responses: {
        200: {
          description: 'The fingerprints; no value.',
          content: json(FingerprintsAnswer, {
            items: [{ keyId: 'k1', proof: print, settings: { CRM_NAME: print } }],
          }),
        },
        ...problemResponses(),
      },
    },
  },
}
