import { z } from 'zod'
import { bareText } from '../../config/fields/bare-text.ts'
import { secretText } from '../../config/fields/secret-text.ts'
import { textList } from '../../config/fields/text-list.ts'
import { webUrl } from '../../config/fields/web-url.ts'

const fields = z.object({
  HANDOFF_LOGIN_URL: webUrl().meta({
    description: 'The page of your CRM that logs the user in and sends them back with a signed token.',
    example: 'https://app.crm.example/wauth/login',
  }),
  HANDOFF_ISSUER: bareText().meta({
    description: 'What your CRM writes into the token as iss.',
    example: 'https://app.crm.example',
  }),
  HANDOFF_SECRET: secretText({ min: 32 }).optional().meta({
    description:
      'The secret, of at least 32 bytes, with which your CRM signs tokens (HS256). Or set HANDOFF_JWKS_URL.',
    secret: true,
    hint: 'Make one: openssl rand -base64 32',
  }),
  HANDOFF_SECRET_PREVIOUS: secretText({ min: 32 }).optional().meta({
    description:
      'The secret of before, accepted too while your CRM changes over to a new HANDOFF_SECRET. Take it out afterwards.',
    secret: true,
  }),
  HANDOFF_JWKS_URL: webUrl().optional().meta({
    description: 'Where the public keys of your CRM are, when it signs with RS256, ES256 or EdDSA.',
    example: 'https://app.crm.example/.well-known/jwks.json',
  }),
  HANDOFF_ALLOWED_ROLES: textList().optional().meta({
    description: 'Who may connect: roles separated by commas. Empty = every user may.',
    example: 'admin,owner',
  }),
})

/** With both, a token signed by one kind of key could be checked with the other. */
export const settings = fields.superRefine(
  ({ HANDOFF_SECRET: secret, HANDOFF_SECRET_PREVIOUS: previous, HANDOFF_JWKS_URL: jwksUrl }, context) => {
    if (previous && !secret) {
      context.addIssue({
        ...{ code: 'custom', path: ['HANDOFF_SECRET_PREVIOUS'], message: 'is given without HANDOFF_SECRET' },
        params: { hint: 'It is the secret of before, and needs the one of now beside it.' },
      })
    }
    if (Boolean(secret) !== Boolean(jwksUrl)) return
    context.addIssue({
      code: 'custom',
      path: [secret ? 'HANDOFF_JWKS_URL' : 'HANDOFF_SECRET'],
      message: secret ? 'is given beside HANDOFF_SECRET' : 'is missing, and so is HANDOFF_JWKS_URL',
      params: {
        hint: 'Set exactly one: HANDOFF_SECRET for HS256, HANDOFF_JWKS_URL for RS256, ES256 or EdDSA.',
      },
    })
  },
)

export type HandoffSettings = z.output<typeof settings>
