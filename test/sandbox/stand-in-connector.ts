import { onTestFinished } from 'vitest'
import { openServer } from '../../src/sandbox/open-server.ts'

export interface StandIn {
  url: string
  /** Set before the walk: where the login is, and what happens when somebody confirms. */
  loginUrl: string
  confirm: (state: string) => Promise<Record<string, unknown>[]>
}

/**
 * The way through a connector with nothing behind it: it sends people to a hand-over login, believes whatever comes
 * back, and shows the results that `confirm` gives, one per visit.
 */
export async function standInConnector(): Promise<StandIn> {
  const { app, url } = await openServer()
  const standIn: StandIn = { url, loginUrl: '', confirm: async () => [{ status: 'failed' }] }
  let state = ''
  let results: Record<string, unknown>[] = []

  app.addContentTypeParser('application/x-www-form-urlencoded', (_request, _body, done) => {
    done(null)
  })
  app.get<{ Querystring: { state: string } }>('/wauth', ({ query }, reply) => {
    state = query.state
    const login = new URLSearchParams({ request: 'R', return_to: `${url}/wauth/callback` })
    return reply.redirect(`${standIn.loginUrl}?${String(login)}`, 303)
  })
  app.all('/wauth/callback', (_request, reply) => reply.redirect('/wauth/attempts/1/confirm', 303))
  app.get('/wauth/attempts/1/confirm', (_request, reply) =>
    reply
      .type('text/html')
      .send(
        '<form method="post" action="confirm" id="consent"><button>Connect</button></form><input type="checkbox" name="aware" form="consent" required>',
      ),
  )
  app.post('/wauth/attempts/1/confirm', async (_request, reply) => {
    results = await standIn.confirm(state)
    return reply.redirect('/wauth/attempts/1/result', 303)
  })
  app.get('/wauth/attempts/1/result', ({ headers }, reply) => {
    if (headers.accept !== 'application/json') return reply.type('text/html').send('<title>Result</title>')
    return reply.send(results.length > 1 ? results.shift() : results[0])
  })
  await app.ready()
  onTestFinished(() => app.close())
  return standIn
}
