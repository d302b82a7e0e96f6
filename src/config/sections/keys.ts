import { z } from 'zod'
import { duration } from '../fields/duration.ts'

export const keys = z.object({
  CRM_KEY_GRACE: duration({ maxDays: 90 }).prefault('24h').meta({
    description: 'How long a superseded crmKey still resolves after a customer has connected again.',
  }),
  KEY_PROBE_INTERVAL: duration({ maxDays: 14 }).prefault('24h').meta({
    description: 'How often each apiKey is tried with a cheap read, a refused one sooner; 0 = never.',
  }),
})
