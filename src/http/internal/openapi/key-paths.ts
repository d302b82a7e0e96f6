import { z } from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { PROBLEMS } from '../problems.ts'
import { FoundKey, LookupBody } from '../schemas/keys.ts'
import { BODY_PROBLEMS, problemResponses, SEAL_PROBLEMS } from './problem-responses.ts'
import { json, NoStore } from './responses.ts'

const crmKey = 'qn2PhKXBzyMJ3F6JrJUJ2P9XqXfKJ0dS8yWb1cT5vLo'
const found: FoundKey = {
  connectionId: 'Zb5Vc1oUu0J9c1Yw',
  crmAccountId: 'acme',
  crmAccountName: 'Acme Travel',
  wazzupAccountId: '12345678',
  apiKey: '0f8fad5bd9cb469fa16570867728950e',
  generation: 1,
  keyStatus: 'current',
}

const Forwarded = z.string().meta({
  description: 'The `Authorization` header of the webhook.',
  examples: [`Bearer ${crmKey}`],
})

const FoundHeaders = NoStore.extend({
  'X-Connection-Id': FoundKey.shape.connectionId,
  'X-Crm-Account-Id': z.string().meta({ description: 'Percent-encoded.' }),
  'X-Wazzup-Account-Id': z
    .string()
    .optional()
    .meta({ description: 'Of this generation; percent-encoded. Not there when the link has not told it.' }),
  'X-Key-Status': FoundKey.shape.keyStatus,
  'X-Wazzup-Api-Key': z.string().optional().meta({ description: 'Not there while the key is `pending`.' }),
})

export const keyPaths: ZodOpenApiPathsObject = {
  '/v1/keys/lookup': {
    post: {
      operationId: 'lookUpKey',
      tags: ['keys'],
      summary: 'Whose crmKey is this, and with which apiKey do I answer?',
      description: 'A key that never existed, was revoked or is malformed gets the same bytes.',
      requestBody: { required: true, content: json(LookupBody, { crmKey }) },
      responses: {
        200: {
          description: 'The connection that the key belongs to.',
          headers: NoStore,
          content: json(FoundKey, found),
        },
        ...problemResponses(PROBLEMS.badRequest, PROBLEMS.unknownCrmKey, ...BODY_PROBLEMS, ...SEAL_PROBLEMS),
      },
    },
  },
  '/v1/keys/authenticate': {
    get: {
      operationId: 'authenticateKey',
      tags: ['keys'],
      summary: 'The same for a reverse proxy: only status and headers.',
      description: 'For `auth_request` of nginx and its like in Traefik, Caddy and Envoy.',
      requestParams: { header: z.object({ 'X-Crm-Authorization': Forwarded }) },
      responses: {
        200: { description: 'The key is known. No body.', headers: FoundHeaders },
        ...problemResponses(PROBLEMS.noCrmKey, PROBLEMS.badCrmKey, ...SEAL_PROBLEMS),
      },
    },
  },
}
