import { needsAnotherKey } from '../crypto/sealer.ts'
import type { Logger } from '../observability/logger.ts'
import type { CurrentKey, CurrentKeys } from '../store/port.ts'

type Named = Pick<CurrentKey, 'connectionId'>

/**
 * The apiKey; null when there is none, or when its value is damaged: that is logged, and must not hold others up.
 * @throws SealError when the value needs a key that this process does not have, and another one may
 */
export const openApiKey = (key: Named & Pick<CurrentKey, 'apiKey'>, log: Logger): string | null =>
  opened(key, () => key.apiKey(), log)

/** The same with the crmKey. */
export const openCrmKey = (key: Named & Pick<CurrentKeys, 'crmKey'>, log: Logger): string | null =>
  opened(key, () => key.crmKey(), log)

function opened({ connectionId }: Named, open: () => string | null, log: Logger): string | null {
  try {
    return open()
  } catch (err) {
    if (needsAnotherKey(err)) throw err
    log.error({ event: 'keys.unreadable', connectionId, err })
    return null
  }
}
