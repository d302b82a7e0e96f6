import { z } from 'zod'
import { webUrl } from '../fields/web-url.ts'
import { webhookSecret } from '../fields/webhook-secret.ts'

export const events = z.object({
  EVENTS_URL: webUrl().optional().meta({
    description: 'Where your CRM is told what happens to connections. Without it nothing is told.',
    example: 'https://crm.example/wauth-events',
  }),
  EVENTS_SECRET: webhookSecret().optional().meta({
    description: 'What events are signed with, by Standard Webhooks.',
    secret: true,
    hint: 'Make one: wauth keys generate --events',
  }),
  EVENTS_SECRET_PREVIOUS: webhookSecret().optional().meta({
    description:
      'The secret before this one: events are signed with both, while your receiver changes over. Then remove it.',
    secret: true,
  }),
})
