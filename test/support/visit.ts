import { Agent, request } from 'undici'

// Without pipelining no connection outlives its answer.
const agent = new Agent({ pipelining: 0 })

/**
 * Goes to an address as a browser does that says nothing of how; `fetch` always says that a script asks, for which no attempt is
 * opened. Redirects are not followed.
 */
export async function visit(
  url: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'HEAD' = 'GET',
): Promise<Response> {
  const answer = await request(url, { dispatcher: agent, method, headers })
  const pairs = Object.entries(answer.headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  )
  return new Response(await answer.body.arrayBuffer(), { status: answer.statusCode, headers: pairs })
}
