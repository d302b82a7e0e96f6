import { digest } from '../crypto/digest.ts'
import type { Exchange } from '../store/port.ts'

const LONGEST = 50

interface Account {
  crmAccountId: string
  /** What became of its latest exchange; null before the first. */
  latest: Pick<Exchange, 'name' | 'reason'> | null
}

/**
 * The name for the next exchange of an account. Whether names have to differ is written nowhere, nor how a name that somebody
 * else has is refused. So after a refusal the next exchange has a mark behind its name, always the same for one account, and
 * those after one that had it keep it. An exchange that was claimed is never given another name: it is sent as it was.
 */
export function nameApart(name: string, { crmAccountId, latest }: Account): string {
  const mark = ` ${digest(crmAccountId).slice(0, 6)}`
  const apart = `${Array.from(name)
    .slice(0, LONGEST - mark.length)
    .join('')
    .trimEnd()}${mark}`
  return latest?.reason === 'state_refused' || latest?.name === apart ? apart : name
}
