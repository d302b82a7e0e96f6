import { needsAnotherKey } from '../crypto/sealer.ts'
import type { Logger } from '../observability/logger.ts'
import type { CurrentKey } from '../store/port.ts'

/**
 * The apiKey; null when there is none, or when its value is damaged: that is logged, and must not hold others up.
 * @throws SealError when the value needs a key that this process does not have, and another one may
 */
export function openApiKey(key: Pick<CurrentKey, 'connectionId' | 'apiKey'>, log: Logger): string | null {
  try {
    return key.apiKey()
  } catch (err) {
    if (needsAnotherKey(err)) throw err
    log.error({ event: 'keys.unreadable', connectionId: key.connectionId, err })
    return null
  }
}
