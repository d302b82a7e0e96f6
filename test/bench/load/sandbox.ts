/** Wazzup without a rate limit, and a CRM with so many contacts, in a process of their own: for uploads. */
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts'
import type { RecordedRequest } from '../../../src/sandbox/wazzup/recorder.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { started } from '../processes/started.ts'

const { CONTACTS } = process.env

const { wazzup, environment } = await startSandbox({
  connectorUrl: 'http://127.0.0.1:9',
  switches: { rateLimit: Infinity },
  exports: {
    pageSize: 1000,
    sizes: { acme: { users: 1, pipelines: 0, contacts: Number(CONTACTS), deals: 0 } },
  },
})
const { apiKey } = await wazzup.connectDirectly()

answerParent({
  environment: () => ({ ...environment, API_KEY: apiKey }),
  /** Contacts that have arrived since the last time. What was recorded of them is let go. */
  arrived() {
    const { contacts } = wazzup.account()
    const count = contacts.size
    contacts.clear()
    ;(wazzup.requests as RecordedRequest[]).splice(0)
    return count
  },
})
started()
