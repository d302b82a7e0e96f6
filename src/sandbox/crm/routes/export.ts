import type { FastifyInstance } from 'fastify'
import type { Answer } from '../../wazzup/answer.ts'
import { answerWithFault } from '../../wazzup/answer-with-fault.ts'
import { packAnswers } from '../../wazzup/packed.ts'
import type { ExportControls } from '../export/controls.ts'
import { exportPage } from '../export/page.ts'
import { exportKinds } from '../export/sizes.ts'

/** A request for a page of the export, for a test to look at. */
export interface ExportRequest {
  kind: string
  account: string
  cursor: string | null
  at: Date
}

export interface ExportRoutes {
  url: string
  token: string
  controls: ExportControls
  requests: ExportRequest[]
  now: () => Date
}

interface Asked {
  Params: { kind: string }
  Querystring: { account?: string; cursor?: string }
}

const problem = (status: number, code: string): Answer => ({ status, body: { error: code } })

/** `GET /export/{kind}?account=&cursor=`: a customer's data, page by page, for a caller with the token. */
export async function exportRoutes(
  app: FastifyInstance,
  { url, token, controls, requests, now }: ExportRoutes,
) {
  packAnswers(app, () => controls.packing)
  app.get<Asked>('/export/:kind', (request, reply) => {
    const { account = '', cursor } = request.query
    const kind = exportKinds.find((one) => one === request.params.kind)
    requests.push({ kind: request.params.kind, account, cursor: cursor ?? null, at: now() })
    const usual = (): Answer => {
      if (controls.nameless === 'forbidden' && !request.headers['user-agent'])
        return problem(403, 'FORBIDDEN')
      if (request.headers.authorization !== `Bearer ${token}`) return problem(401, 'UNAUTHORIZED')
      const page = kind && exportPage({ accountId: account, kind, cursor }, controls, url)
      return page ? { status: 200, body: page } : problem(404, 'NOT_FOUND')
    }
    return answerWithFault(request, reply, { fault: controls.faults.shift(), usual, note: () => undefined })
  })
}
