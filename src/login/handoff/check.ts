import { countKeys } from '../count-keys.ts'
import { failureCode } from '../failure-code.ts'
import type { LoginCheck } from '../port.ts'
import type { HandoffParts } from './parts.ts'

/** The keys. Whether the CRM signs with them shows only when somebody logs in. */
export async function check({ settings, deps }: HandoffParts): Promise<LoginCheck> {
  const { HANDOFF_JWKS_URL: url } = settings
  if (!url) return { ok: true, detail: 'hand-overs are signed with the shared secret', hint: null }
  const hint = 'Open HANDOFF_JWKS_URL from this machine: it must answer with a JSON Web Key Set.'
  try {
    const count = await countKeys(url, deps.allowHttpLoopback)
    return count > 0
      ? {
          ok: true,
          detail: `the CRM's key set answers and has ${count === 1 ? 'one key' : `${count} keys`}`,
          hint: null,
        }
      : { ok: false, detail: "the CRM's key set is empty", hint }
  } catch (error) {
    return { ok: false, detail: `the CRM's key set is not usable (${failureCode(error)})`, hint }
  }
}
