import { z } from 'zod'
import { country } from '../fields/country.ts'
import { secretText } from '../fields/secret-text.ts'
import { webUrl } from '../fields/web-url.ts'

export const upload = z.object({
  CRM_EXPORT_URL: webUrl().optional().meta({
    description:
      "Where the first upload reads the CRM's users, pipelines, contacts and deals. Without it no upload.",
    example: 'https://crm.example/api/wazzup-export',
  }),
  CRM_EXPORT_TOKEN: secretText().optional().meta({
    description: 'The bearer token for it.',
    secret: true,
    hint: 'Make one: openssl rand -base64 32',
  }),
  CRM_EXPORT_COUNTRY: country().optional().meta({
    description:
      'The country of phones that are exported without a country code, by its two letters (ISO 3166-1). Without it such phones are not sent.',
    hint: 'Two letters, such as RU or DE; the United Kingdom is GB.',
    example: 'DE',
  }),
  WEBHOOKS_URL: webUrl({ maxLength: 200 }).optional().meta({
    description:
      "Your handler of Wazzup's webhooks, to be registered for every customer. Without it none is.",
    example: 'https://crm.example/wazzup/webhooks',
  }),
})
