import { isAbsent } from '../claim-path.ts'
import { identify, identityClaims } from '../identify.ts'
import { judgeToken } from '../judge-token.ts'
import { LoginRefused, refusal } from '../login-refused.ts'
import type { TokenVerdict } from '../port.ts'
import { claimNames } from './claim-names.ts'
import type { HandoffParts } from './parts.ts'
import { tokenIn } from './token.ts'
import { frameClaims } from './verify.ts'

/** Judges a hand-over without a login under way. It is not used up by that. */
export function judge(token: string, parts: HandoffParts): Promise<TokenVerdict> {
  const allowed = parts.settings.HANDOFF_ALLOWED_ROLES
  return judgeToken(token, {
    async checkSignature() {
      if (tokenIn(new URLSearchParams({ token })) === null) throw new LoginRefused('token_missing')
      await parts.keys.claimsOf(token)
    },
    checks: [
      {
        claim: 'nonce',
        flaw: ({ nonce }) => (isAbsent(nonce) ? refusal('token_nonce_missing') : null),
      },
      ...frameClaims(parts),
      ...identityClaims(claimNames, allowed),
    ],
    unchecked: ({ nonce }) =>
      isAbsent(nonce)
        ? {}
        : { nonce: 'only a login under way knows whether this is its request, and the token not used yet' },
    identify: (claims) => identify(claims, claimNames, allowed),
  })
}
