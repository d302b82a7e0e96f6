import type { UploadProgress } from '../../upload/progress.ts'

const LOOK = 'it is tried again; look at your export endpoint: wauth check'
const BY_ITSELF = 'it goes on by itself'

/** What an upload waits for, by the code of the answer that it got, and what to do. */
const WAITS: Readonly<Record<string, readonly [says: string, next: string]>> = {
  export_busy: ['the export asks for a pause', BY_ITSELF],
  export_failed: ['the export answers with an error', LOOK],
  export_too_slow: ['the export takes longer than 30 s for a page', LOOK],
  export_malformed: ['the export answers in another shape', LOOK],
  export_encoding: [
    'the export answers in another encoding or character set than it says, or in none that is known',
    LOOK,
  ],
  export_page_too_large: [
    'the export answers with more than 10 MB, or 50,000 rows, or 20 levels, for a page',
    LOOK,
  ],
  export_out_of_reach: ['the export cannot be reached', LOOK],
  unforeseen_error: [
    'the service has met an error that nobody has foreseen',
    'it is tried again; send the log line upload.step_failed to the developers',
  ],
  rate_limited: ['Wazzup asks for a pause (429)', BY_ITSELF],
  key_in_doubt: ['Wazzup has refused the apiKey, and a moment later it has not', BY_ITSELF],
  seal_unknown_key: [
    'the replica that took it lacks the encryption key of this customer',
    'another replica takes it; put that key into ENCRYPTION_KEYS of every replica',
  ],
  address_refused: [
    'Wazzup does not take the webhooks address yet',
    'it is tried again; look at your handler and WEBHOOKS_URL: wauth check',
  ],
}

const REFUSED = [
  "Wazzup refuses this customer's rows, whichever they are",
  "it is tried again; look at the customer's Wazzup account",
] as const
const UNUSABLE = ['Wazzup gives no usable answer', BY_ITSELF] as const

/** Why an upload that is under way stands still, in words; null when it does not, or only has not its turn. */
export function waitOf({ status, reason }: Pick<UploadProgress, 'status' | 'reason'>): string | null {
  if (status !== 'running' || reason === null) return null
  const [says, next] = WAITS[reason] ?? (reason.startsWith('refused:') ? REFUSED : UNUSABLE)
  return `waits: ${says} (${reason}); ${next}`
}
