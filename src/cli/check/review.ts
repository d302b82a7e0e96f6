/** One thing that Wazzup looks at before it publishes a module (its «integration schemes» and the list on its page). */
export interface ReviewItem {
  item: string
  /** Who does it: this service, the vendor, or the service once the vendor has set it up. */
  by: 'service' | 'both' | 'vendor'
  says: string
  /** Whether a CRM without client management needs it, too. */
  everyScheme: boolean
}

const always = (by: ReviewItem['by'], item: string, says: string): ReviewItem => ({
  ...{ item, by, says, everyScheme: true },
})

const withClientManagement = (by: ReviewItem['by'], item: string, says: string): ReviewItem => ({
  ...always(by, item, says),
  everyScheme: false,
})

/** What the review asks for, in the order of the documents. */
export const REVIEW: readonly ReviewItem[] = [
  always('service', 'WAuth: take the state, send POST /connect', 'done by this service'),
  always(
    'both',
    'Users of the CRM in Wazzup',
    'loaded once after a connect if CRM_EXPORT_URL is set; send later changes yourself',
  ),
  always('both', 'Contacts in Wazzup', 'as with users'),
  withClientManagement('both', 'Deals in Wazzup', 'as with users'),
  withClientManagement(
    'both',
    'Pipelines with their stages',
    'as with users; needed for the webhooks that create deals',
  ),
  always(
    'both',
    'Webhooks: new messages, for notifications of your own',
    'WEBHOOKS_URL is registered by this service; the handler is yours',
  ),
  always(
    'both',
    'Webhooks: create a contact, and a deal',
    'your handler answers with what it has made; contact only without client management',
  ),
  always('both', 'Webhooks: state of the channels (optional)', 'your handler'),
  always(
    'vendor',
    'Chat window: a button always at hand, and one in contact and deal',
    'POST /v3/iframe with the apiKey of the connection; a fresh link each time',
  ),
  always(
    'vendor',
    'Counter of unanswered messages on the button',
    'GET /v3/unanswered/:userId, or the socket',
  ),
  always('vendor', 'Chat window: a link to the contact in your CRM', 'uri of each contact in your export'),
  withClientManagement(
    'vendor',
    'Chat window: the list of deals',
    'uri of each deal in your export; creating a deal by webhook',
  ),
  always('vendor', 'Name and logo', 'wauth module brand'),
  always(
    'vendor',
    'Application for the marketplace',
    'ask the support or the partner department of Wazzup; ask, too, which of its two APIs new modules must use',
  ),
]
