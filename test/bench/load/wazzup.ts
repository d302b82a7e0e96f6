/** The simulator of Wazzup in a process of its own, for installs. */
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { startWazzup } from '../../../src/sandbox/wazzup/start-wazzup.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { started } from '../processes/started.ts'

const { SECRET = '', PORT } = process.env

const wazzup = await startWazzup({
  port: Number(PORT),
  module: { crmCode: 'demo-crm', secret: SECRET, authRedirectUri: 'http://127.0.0.1:9/wauth' },
})

/** Milliseconds that each exchange took here, from its first byte to the end of the answer, in order. */
let took: number[] = []
const begun = new WeakMap<IncomingMessage, number>()
subscribe('http.server.request.start', (message) => {
  begun.set((message as { request: IncomingMessage }).request, performance.now())
})
subscribe('http.server.response.finish', (message) => {
  const { request } = message as { request: IncomingMessage }
  if (request.url === '/v3/connect') took.push(performance.now() - (begun.get(request) ?? NaN))
})

let minted = 0

answerParent({
  /** States of as many Wazzup accounts that nobody has used before. */
  mint: (count: number) =>
    Promise.all(
      Array.from({ length: count }, () => wazzup.mintState({ accountId: String(10_000_000 + minted++) })),
    ),
  'own times': () => {
    const times = took
    took = []
    return times
  },
})
started()
