import { z } from 'zod'
import { bareText } from '../../config/fields/bare-text.ts'
import { parsedText } from '../../config/fields/parsed-text.ts'
import { secretText } from '../../config/fields/secret-text.ts'
import { textList } from '../../config/fields/text-list.ts'
import { webUrl } from '../../config/fields/web-url.ts'
import { isTenant } from './tenants.ts'

const scope = parsedText((text, refuse) =>
  text.split(' ').includes('openid') ? text : refuse('must contain openid'),
)

export const settings = z.object({
  OIDC_ISSUER: webUrl().meta({
    description:
      'The issuer address of your OpenID provider: the one under which /.well-known/openid-configuration is.',
    example: 'https://id.crm.example',
  }),
  OIDC_CLIENT_ID: bareText().meta({
    description:
      'The client that you have registered there, with PUBLIC_URL/wauth/callback as its redirect address.',
    example: 'wauth-connector',
  }),
  OIDC_CLIENT_SECRET: secretText().meta({
    description: "The client's secret, at least 16 characters.",
    secret: true,
  }),
  OIDC_CLIENT_AUTH: z
    .enum(['auto', 'basic', 'post'], { error: 'must be auto, basic or post' })
    .prefault('auto')
    .meta({
      description:
        'How the client shows its secret: `basic` (a header) or `post` (a field of the form), as it is registered there. `auto` = as the provider announces, `basic` where it announces both or nothing.',
      example: 'post',
    }),
  OIDC_SCOPE: scope.prefault('openid profile').meta({
    description: 'What is asked for; must bring the claims named below.',
    example: 'openid profile crm',
  }),
  OIDC_ACCOUNT_ID_CLAIM: bareText().prefault('account_id').meta({
    description:
      'The claim, of the ID token or of userinfo, that identifies your customer (the tenant, not the user). A path leads into objects: `org.id`.',
  }),
  OIDC_ACCOUNT_NAME_CLAIM: bareText().prefault('account_name').meta({
    description: 'The claim with the name of your customer, shown on the page that asks for confirmation.',
  }),
  OIDC_ROLE_CLAIM: bareText().prefault('role').meta({
    description:
      "The claim with the user's roles: a text, a list, words separated by commas or blanks, or an object whose keys are the roles. A path leads into objects. Have roles with blanks in their names sent as a list.",
    example: 'realm_access.roles',
  }),
  OIDC_ALLOWED_TENANTS: textList((item, refuse) =>
    isTenant(item) ? item.toLowerCase() : refuse('has an item that is no tenant id, a GUID'),
  )
    .optional()
    .meta({
      description:
        'Entra ID tenants (the claim `tid`) whose users may connect, separated by commas. An issuer for every tenant is taken only with it, or with `OIDC_ACCOUNT_ID_CLAIM=tid`.',
      example: '72f988bf-86f1-41af-91ab-2d7cd011db47',
    }),
  OIDC_ALLOWED_ROLES: textList().optional().meta({
    description: 'Who may connect: roles separated by commas. Empty = every user may.',
    example: 'admin,owner',
  }),
})

export type OidcSettings = z.output<typeof settings>
