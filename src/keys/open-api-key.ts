import type { Logger } from '../observability/logger.ts'
import type { CurrentKey } from '../store/port.ts'

/** The apiKey; null when there is none, or when its value does not open: that is logged, and must not hold others up. */
export function openApiKey(key: CurrentKey, log: Logger): string | null {
  try {
    return key.apiKey()
  } catch (err) {
    log.error({ event: 'keys.unreadable', connectionId: key.connectionId, err })
    return null
  }
}
