import { seconds, systemClock } from '../../shared/clock.ts'
import { createWazzupClient } from '../../wazzup/client.ts'
import { createMarketplace, type Marketplace } from '../../wazzup/marketplace.ts'
import type { ModuleSettings } from './settings.ts'

/** A change may take longer than a person likes to wait, but a lost answer costs more. */
const LIMITS = { deadline: seconds(30), maxAnswer: 64 * 1024 }

/** Does one thing at Wazzup with the vendor's own key, and leaves no connection open. */
export async function withMarketplace<T>(
  { apiUrl, wayOut, partnerApiKey }: Pick<ModuleSettings, 'apiUrl' | 'wayOut' | 'partnerApiKey'>,
  work: (marketplace: Marketplace) => Promise<T>,
): Promise<T> {
  const client = createWazzupClient({ apiUrl, wayOut, ...LIMITS })
  try {
    return await work(createMarketplace(client, partnerApiKey.reveal(), systemClock))
  } finally {
    await client.close()
  }
}
