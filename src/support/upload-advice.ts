/** Why a step of an upload has failed, or what is said of it, and what to do. `acme` stands for the account. */
export const UPLOAD_ADVICE: readonly { reasons: readonly string[]; toDo: string }[] = [
  { reasons: ['no_api_key'], toDo: 'there is none, or it does not open: see the log, then `wauth check`' },
  {
    reasons: ['not_open'],
    toDo: "the customer's key is not made for this route, while others are open to it; the rest was sent",
  },
  {
    reasons: ['refused:…'],
    toDo: "Wazzup refuses every row, names none, and says this: look at the customer's Wazzup account. It was tried for two hours; no row is told",
  },
  {
    reasons: ['key_refused'],
    toDo: 'Wazzup refuses the apiKey, twice in a row: it resumes once the key is accepted again, or the customer connects again',
  },
  {
    reasons: ['key_in_doubt'],
    toDo: 'Wazzup refuses the apiKey for this step, and takes it a moment later or does not answer: ask Wazzup; then `wauth upload start acme`',
  },
  {
    reasons: [
      ...['export_refused', 'export_failed', 'export_too_slow', 'export_malformed', 'export_encoding'],
      'export_page_too_large',
      ...['export_loops', 'export_out_of_reach', 'export_busy', 'too_many_pipelines'],
    ],
    toDo: 'look at your export endpoint: `wauth check --account acme`; then `wauth upload start acme`',
  },
  {
    reasons: ['unforeseen_error'],
    toDo: 'the service met an error that nobody has foreseen: tell the developers, with the log line `upload.step_failed`',
  },
  {
    reasons: ['fewer_at_wazzup'],
    toDo: "a note, no failure: Wazzup took the rows and counts fewer. Look whether your export has rows twice; else send Wazzup's support the time of the log line",
  },
  {
    reasons: ['address_refused', 'address_not_valid', 'address_not_kept'],
    toDo: 'look at your handler and `WEBHOOKS_URL`, then `wauth upload start acme --webhooks-only`',
  },
  {
    reasons: ['address_not_verified'],
    toDo: 'nothing: Wazzup has accepted the address, and does not show it',
  },
  {
    reasons: ['address_overwritten', 'address_removed', 'subscriptions_off'],
    toDo: 'somebody changed it in Wazzup; `wauth upload start acme --webhooks-only` takes it back',
  },
]

/** What to do about a reason of this customer; null for one that needs nothing. */
export function uploadAdviceOf(reason: string, crmAccountId: string): string | null {
  const isMeant = (one: string) =>
    one === reason || (one.endsWith(':…') && reason.startsWith(one.slice(0, -1)))
  const row = UPLOAD_ADVICE.find(({ reasons }) => reasons.some(isMeant))
  return row ? row.toDo.replaceAll('acme', () => quoted(crmAccountId)) : null
}

/** As one word of a shell: such lines are copied. */
const quoted = (text: string) => (/^[\w.@:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
