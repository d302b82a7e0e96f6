import { z } from 'zod'
import { crmCode } from '../fields/crm-code.ts'
import { secretText } from '../fields/secret-text.ts'
import { origin, webUrl } from '../fields/web-url.ts'

export const wazzup = z.object({
  WAZZUP_API_URL: origin()
    .prefault('https://api.wazzup24.com')
    .meta({ description: 'The origin of the Wazzup API.' }),
  WAZZUP_APP_URL: webUrl().optional().meta({
    description:
      'Where your customers use Wazzup. With it, pages that send a person back there have a button.',
    example: 'https://app.wazzup.example',
  }),
  WAZZUP_CRM_CODE: crmCode().meta({
    description: 'The crmCode of your module in the marketplace.',
    hint: 'Latin letters, digits, - and _, at most 50. Type it rather than paste it. Example: my-crm',
    example: 'my-crm',
  }),
  WAZZUP_SECRET: secretText().meta({
    description: 'The secret of your module: yours to choose, and to register at Wazzup with the crmCode.',
    secret: true,
    hint: 'Make one: openssl rand -base64 32',
  }),
  WAZZUP_PARTNER_API_KEY: secretText().optional().meta({
    description: "Your own apiKey at Wazzup. Only 'wauth module' needs it.",
    secret: true,
  }),
})
