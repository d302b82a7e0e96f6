/**
 * What the promises of a delivery cost, and nothing else: an event is taken by a commit, its body opened, signed and posted, and a
 * commit ends it, erases the body and makes the next one of its connection due; all that end in one tick share that commit.
 * Left out: deadlines, refusals, the breaker, pauses, other replicas, metrics, the log.
 */
import { Webhook } from 'standardwebhooks'
import { Agent } from 'undici'
import type { Sealer } from '../../../src/crypto/sealer.ts'
import { USER_AGENT } from '../../../src/shared/version.ts'
import { batchPerTick } from '../../../src/store/batch-per-tick.ts'
import { placeOf, SEALED } from '../../../src/store/sealed-columns.ts'
import { openDatabase } from '../../../src/store/sqlite/open.ts'

interface Parts {
  file: string
  url: URL
  secret: string
  sealer: Sealer
  width: number
}

interface Taken {
  number: number
  id: string
  connection_id: string
  body_sealed: string
}

/** Sends what waits, until nothing is due; resolves to how many were sent. */
export function deliveriesFloor({ file, url, secret, sealer, width }: Parts): () => Promise<number> {
  const turn = turns(file)
  const signer = new Webhook(secret)
  const agent = new Agent()
  const where = { origin: url.origin, path: url.pathname, method: 'POST' } as const
  const post = ({ id, body_sealed }: Taken) => {
    const body = sealer.open(body_sealed, placeOf(SEALED.delivery, id))
    const now = new Date()
    const headers = {
      ...{ 'content-type': 'application/json', 'user-agent': USER_AGENT, 'webhook-id': id },
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': signer.sign(id, now, body),
    }
    return new Promise<void>((resolve, reject) => {
      agent.dispatch(
        { ...where, headers, body },
        {
          onRequestStart: () => undefined,
          onResponseStart(controller, status) {
            if (status !== 204) controller.abort(new Error(`an event was answered ${status}`))
          },
          onResponseData: () => undefined,
          onResponseEnd: () => {
            resolve()
          },
          onResponseError: (_controller, error) => {
            reject(error)
          },
        },
      )
    })
  }
  return async () => {
    let sent = 0
    const lane = async () => {
      for (let taken = await turn(null); taken; taken = await turn(taken), sent++) await post(taken)
    }
    await Promise.all(Array.from({ length: width }, lane))
    return sent
  }
}

/** Ends one, if any, and takes another: one commit for all who ask in the same tick. */
function turns(file: string): (ended: Taken | null) => Promise<Taken | null> {
  const db = openDatabase(file)
  db.pragma('synchronous = NORMAL')
  const take = db.prepare<{ now: number; most: number }, Taken>(
    `UPDATE deliveries SET runner = 'floor', due_at = @now + 60000, tries = tries + 1
    WHERE number IN (SELECT number FROM deliveries WHERE due_at <= @now ORDER BY due_at LIMIT CAST(@most AS bigint))
    RETURNING number, id, connection_id, body_sealed`,
  )
  const end = db.prepare<[number, number]>(
    `UPDATE deliveries SET status = 'delivered', body_sealed = NULL, due_at = NULL, runner = NULL, ended_at = ?
    WHERE number = ? AND runner = 'floor'`,
  )
  const next = db.prepare<[number, string]>(
    `UPDATE deliveries SET due_at = ? WHERE due_at IS NULL AND number =
      (SELECT number FROM deliveries WHERE connection_id = ? AND status = 'waiting' ORDER BY sequence LIMIT 1)`,
  )
  const commit = db.transaction((all: readonly (Taken | null)[]): Taken[] => {
    const now = Date.now()
    for (const ended of all) {
      if (!ended) continue
      end.run(now, ended.number)
      next.run(now, ended.connection_id)
    }
    return take.all({ now, most: all.length })
  })
  return batchPerTick(async (all) => {
    const taken = commit.immediate(all)
    return all.map((_, i) => taken[i] ?? null)
  })
}
