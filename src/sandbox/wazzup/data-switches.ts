/** The open questions about what comes after a connect: calls with the apiKey, and webhooks. First value = default. */
export interface DataSwitches {
  /** Requests that one window takes, and how long a window is, in milliseconds. */
  rateLimit: number
  rateWindow: number
  /** What they are counted by: the apiKey, or the address that they come from. */
  rateCountedBy: 'key' | 'address'
  /** Whether the empty 429 tells how long to wait, and in which of the two forms. */
  rateRetryAfter: 'untold' | 'seconds' | 'date'
  /** Paths under which every key is answered 403, such as `/v3/deals`: a key not made for them. */
  closedRoutes: readonly string[]
  /** Ids over which Wazzup breaks down: a batch with one of them is answered 500. */
  breaksOver: readonly string[]
  /** Body of a good upsert. */
  upsertAnswer: 'empty' | 'array' | 'object'
  /**
   * Where an upsert that is refused says so: by its own status; or in a 200 whose body has an `error`, only a `status`, or only
   * `ok: false`.
   */
  refusals: 'own-status' | 'in-200' | 'by-status-in-200' | 'not-ok-in-200'
  /** Whether the good rows of a batch with bad ones stay. */
  othersOfRefused: 'not-taken' | 'taken'
  /** What becomes of a row with a NUL or half a pair in it: it is stored, or Wazzup breaks down over it. */
  damagedText: 'stored' | 'breaks'
  /** Pipelines that one request may bring. */
  pipelinesLimit: number
  /** Ids of rows that an upsert takes and does not keep. */
  loses: readonly string[]
  /** Whether a refused batch names the rows that are wrong, and how it counts them: `indexed` is from 0. */
  invalidData:
    'indexed' | 'bare' | 'from-one' | 'from-the-end' | 'another-row' | 'every-row' | 'twice' | 'outside'
  /** A contact or deal that names a user or contact which is not there. */
  unknownReferences: 'accepted' | 'refused'
  /** Whether pipelines that are not in a `POST` stay. */
  pipelines: 'replaced' | 'merged'
  /** Is the uri of a deal required? */
  dealUri: 'required' | 'optional'
  /** Shape of `GET /v3/users`. */
  usersList: 'array' | 'counted'
  /** What `count` of `GET /v3/deals` counts. */
  dealsCount: 'total' | 'in-answer'
  /** What becomes of switches that a `PATCH /v3/webhooks` leaves out. */
  omittedSubscriptions: 'off' | 'kept'
  /** Shape of `GET /v3/pipelines`. */
  pipelinesList: 'array' | 'enveloped'
  /** Name under which the switch for templates is told, if it is. */
  templateSwitch: 'wabaTemplatesStatus' | 'templateStatus' | 'tepmplateStatus' | 'templateStatuses' | 'untold'
  /** Names of that switch that a `PATCH /v3/webhooks` knows. */
  templateNames: 'both' | 'wabaTemplatesStatus' | 'templateStatus'
  /** What becomes of a `PATCH /v3/webhooks` with a switch of a name that it does not know. */
  unknownSubscriptions: 'ignored' | 'refused'
  /**
   * What becomes of a `crmKey` in a `PATCH /v3/webhooks`; `refused-as-unknown` as a field of any other unknown name. The last
   * four are other ways to refuse one: a bare 400, an error in a 200, 422, 403.
   */
  patchedCrmKey:
    | 'ignored'
    | 'taken'
    | 'refused-as-unknown'
    | 'refused'
    | 'refused-without-a-word'
    | 'refused-in-200'
    | 'unprocessable'
    | 'forbidden'
  /** What becomes of the crmKey when a `PATCH /v3/webhooks` leaves it out. */
  omittedCrmKey: 'kept' | 'cleared'
  /** What `GET /v3/webhooks` shows: all, the address in another spelling or alone, or nothing that can be read. */
  webhooksShown:
    | 'all'
    | 'spelled-otherwise'
    | 'no-subscriptions'
    | 'null-subscriptions'
    | 'no-address'
    | 'null'
    | 'empty'
    | 'no-json'
    | 'html'
    | 'gzip'
    | 'not-found'
    | 'forbidden'
  /** How `GET /v3/webhooks` writes its switches. */
  subscriptionValues: 'booleans' | 'strings'
  /** Good answer of `PATCH /v3/webhooks`: JSON, or the text in the documents, which is none. */
  webhooksAnswer: 'json' | 'text'
  /** Code of the refusal of an address whose test failed. */
  testRefusal: 'testPostNotPassed' | 'WEBHOOKS_REQUEST_ERROR'
  /** Whether the test POST carries the crmKey, and its body. */
  testHeader: 'bearer' | 'none'
  testBody: 'test' | 'with-timestamp' | 'empty-object' | 'empty'
  /** How many more tests of an address find that its name does not resolve yet. */
  dnsFailures: number
  /** How long Wazzup waits for the CRM, in milliseconds. */
  patience: number
  /** The `Authorization` of a webhook; `every-other`: each second one has none. */
  deliveryHeader: 'bearer' | 'none' | 'every-other' | 'wrong-key'
  /** The content type of a webhook: as the documents write it, or a proper one. */
  deliveryType: 'literal' | 'proper'
  /** How often a webhook is sent again when it was not answered 200. */
  deliveryRetries: number
  /** How many copies of each webhook are sent, one after another. */
  deliveryCopies: number
  /** After so many failures in a row no webhook is sent any more; 0 = never. */
  disableAfter: number
  /** How many `createContact` of one client go out at the same time. */
  createContactBurst: number
  /** Whether `createDeal` names a pipeline and a stage. */
  dealPipeline: 'untold' | 'told'
  /** Whether `createContact` and `createDeal` have the chats and the contacts that they are about. */
  newClient: 'whole' | 'empty-lists' | 'no-lists'
  /** What becomes of a request without a `User-Agent`: some firewalls refuse it. */
  nameless: 'taken' | 'forbidden'
}

export const defaultDataSwitches: Readonly<DataSwitches> = {
  rateLimit: 500,
  rateWindow: 5000,
  rateCountedBy: 'key',
  rateRetryAfter: 'untold',
  closedRoutes: [],
  breaksOver: [],
  upsertAnswer: 'empty',
  refusals: 'own-status',
  othersOfRefused: 'not-taken',
  damagedText: 'stored',
  pipelinesLimit: Infinity,
  loses: [],
  invalidData: 'indexed',
  unknownReferences: 'accepted',
  pipelines: 'replaced',
  dealUri: 'required',
  usersList: 'array',
  dealsCount: 'total',
  omittedSubscriptions: 'off',
  pipelinesList: 'array',
  templateSwitch: 'wabaTemplatesStatus',
  templateNames: 'both',
  unknownSubscriptions: 'ignored',
  patchedCrmKey: 'ignored',
  omittedCrmKey: 'kept',
  webhooksShown: 'all',
  subscriptionValues: 'booleans',
  webhooksAnswer: 'json',
  testRefusal: 'testPostNotPassed',
  testHeader: 'bearer',
  testBody: 'test',
  dnsFailures: 0,
  patience: 30_000,
  deliveryHeader: 'bearer',
  deliveryType: 'literal',
  deliveryRetries: 0,
  deliveryCopies: 1,
  disableAfter: 0,
  createContactBurst: 1,
  dealPipeline: 'untold',
  newClient: 'whole',
  nameless: 'taken',
}
