import { z } from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { Liveness, Readiness } from '../schemas/health.ts'
import { AskAgain, json } from './responses.ts'

const parts = {
  store: { ok: true, detail: 'answers' },
  keys: { ok: true, detail: 'none is missing' },
  clock: { ok: true, detail: "agrees with the database's" },
  login: { ok: true, detail: 'answers' },
  wazzup: { ok: true, detail: 'breaker closed' },
  recovery: { ok: true, detail: 'running' },
  installs: { ok: true, paused: false, detail: 'not paused' },
}

const lacking = {
  ...parts,
  keys: { ok: false, code: 'seal_unknown_key' as const, detail: 'ENCRYPTION_KEYS lacks k2' },
}

/** What needs no token. */
const open = { tags: ['operation'], security: [] }

export const operationPaths: ZodOpenApiPathsObject = {
  '/livez': {
    get: {
      ...{ operationId: 'getLiveness', ...open },
      summary: 'Whether the process answers; it depends on nothing else.',
      responses: { 200: { description: 'It does.', content: json(Liveness, { status: 'alive' }) } },
    },
  },
  '/readyz': {
    get: {
      ...{ operationId: 'getReadiness', ...open },
      summary: 'Whether to send requests here.',
      responses: {
        200: {
          description: 'Yes.',
          content: json(Readiness, { status: 'ready', phase: 'serving', stopping: false, parts }),
        },
        503: {
          description:
            'Not now: the store does not answer, an encryption key is missing, or the service is starting or on its way down.',
          headers: AskAgain,
          content: json(Readiness, {
            status: 'not ready',
            phase: 'serving',
            stopping: false,
            parts: lacking,
          }),
        },
      },
    },
  },
  '/metrics': {
    get: {
      ...{ operationId: 'getMetrics', ...open },
      summary: 'What the service counts, in the text format of Prometheus.',
      responses: {
        200: {
          description: 'The metrics.',
          content: { 'text/plain': { schema: z.string(), example: 'wauth_uploads{status="done"} 12\n' } },
        },
      },
    },
  },
  '/openapi.json': {
    get: {
      ...{ operationId: 'getOpenApi', ...open },
      summary: 'This document.',
      responses: {
        200: {
          description: 'OpenAPI 3.1.',
          content: { 'application/json': { schema: z.looseObject({ openapi: z.literal('3.1.1') }) } },
        },
      },
    },
  },
}
