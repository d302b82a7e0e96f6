/** One thing that Wazzup looks at before it publishes a module (its «integration schemes» and the list on its page). */
export interface ReviewItem {
  item: string
  /** Who does it: this service, the vendor, or the service once the vendor has set it up. */
  by: 'service' | 'both' | 'vendor'
  says: string
  /** Whether a CRM without client management needs it, too. */
  everyScheme: boolean
}

const item = (by: ReviewItem['by'], name: string, says: string, everyScheme = true): ReviewItem => ({
  ...{ item: name, by, says, everyScheme },
})

/** What the review asks for, in the order of the documents. */
export const REVIEW: readonly ReviewItem[] = [
  item('service', 'WAuth: take the state, send POST /connect', 'done by this service'),
  item(
    'both',
    'Users of the CRM in Wazzup',
    'loaded once after a connect if CRM_EXPORT_URL is set; send later changes yourself',
  ),
  item('both', 'Contacts in Wazzup', 'as with users'),
  item('both', 'Deals in Wazzup', 'as with users', false),
  item(
    'both',
    'Pipelines with their stages',
    'as with users; needed for the webhooks that create deals',
    false,
  ),
  item(
    'both',
    'Webhooks: new messages, for notifications of your own',
    'WEBHOOKS_URL is registered by this service; the handler is yours',
  ),
  item(
    'both',
    'Webhooks: create a contact, and a deal',
    'your handler answers with what it has made; contact only without client management',
  ),
  item('both', 'Webhooks: state of the channels (optional)', 'your handler'),
  item(
    'vendor',
    'Chat window: a button always at hand, and one in contact and deal',
    'POST /v3/iframe with the apiKey of the connection; a fresh link each time',
  ),
  item('vendor', 'Counter of unanswered messages on the button', 'GET /v3/unanswered/:userId, or the socket'),
  item(
    'vendor',
    'List of deals in the chat window',
    'links to contact and deals; creating a deal by webhook',
    false,
  ),
  item('vendor', 'Name and logo', 'wauth module brand'),
  item(
    'vendor',
    'Application for the marketplace',
    'ask the support or the partner department of Wazzup; ask, too, which of its two APIs new modules must use',
  ),
]
