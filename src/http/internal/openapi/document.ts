import { createDocument } from 'zod-openapi'
import { changePaths } from './change-paths.ts'
import { connectionPaths } from './connection-paths.ts'
import { deliveryPaths } from './delivery-paths.ts'
import { eventWebhooks } from './event-webhooks.ts'
import { installsPaths } from './installs-paths.ts'
import { keyPaths } from './key-paths.ts'
import { operationPaths } from './operation-paths.ts'
import { settingsPaths } from './settings-paths.ts'
import { supportPaths } from './support-paths.ts'
import { uploadPaths } from './upload-paths.ts'

const description = `What your own systems ask the connector for. Nothing of it is reachable on the public listener.

Routes under \`/v1\` want \`INTERNAL_TOKEN\` as bearer token; without that setting they are not there. A refusal is
\`application/problem+json\` with a stable \`code\`; on 429 and 503 \`Retry-After\` says when to ask again. 429 comes only
after a request has failed, or while too many changes wait: a caller with the token and a good key never waits. What is
not documented here answers 404 with the code \`not_found\`.`

/** The internal API in OpenAPI 3.1, from the schemas that its routes use. */
export const openApiDocument = (): ReturnType<typeof createDocument> =>
  createDocument({
    openapi: '3.1.1',
    info: {
      title: 'WAuth connector, internal API',
      version: '1',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://127.0.0.1:3001', description: 'INTERNAL_HOST and INTERNAL_PORT' }],
    tags: [
      { name: 'keys', description: 'Whose webhook is this?' },
      { name: 'connections', description: 'Your customers who are, or were, connected.' },
      { name: 'uploads', description: 'What is passed to Wazzup of a customer.' },
      { name: 'changes', description: 'What you change after the first upload.' },
      { name: 'deliveries', description: 'Events on their way to you.' },
      { name: 'events', description: 'What you are told at `EVENTS_URL`.' },
      { name: 'support', description: 'What happened to an attempt.' },
      { name: 'operation', description: 'For those who run the service. No token but where it is said.' },
    ],
    security: [{ internalToken: [] }],
    paths: {
      ...keyPaths,
      ...connectionPaths,
      ...uploadPaths,
      ...changePaths,
      ...deliveryPaths,
      ...supportPaths,
      ...settingsPaths,
      ...installsPaths,
      ...operationPaths,
    },
    webhooks: eventWebhooks,
    components: {
      securitySchemes: {
        internalToken: { type: 'http', scheme: 'bearer', description: 'INTERNAL_TOKEN' },
      },
    },
  })

/** As it is served, and as `npm run gen` writes it to `openapi.json`. */
export const renderOpenApi = () => `${JSON.stringify(openApiDocument(), null, 2)}\n`
