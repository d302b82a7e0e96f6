import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accessLog } from '../../../src/cli/check/access-log.ts'
import { cookies } from '../../../src/cli/check/cookies.ts'
import { timeOuts, trustProxy } from '../../../src/cli/check/proxy.ts'
import { createContext, runChecks } from '../../../src/cli/check/run-checks.ts'
import { seconds } from '../../../src/shared/clock.ts'
import { connectorFor } from '../../support/connector.ts'
import { freePort } from '../../support/free-port.ts'
import { NO_NGINX, nginx, startNginx } from '../../support/nginx.ts'
import { LOCALHOST, TEST_AUTHORITY } from '../../support/tls-proxy.ts'

/** What an operator has written into the `location` of nginx; all but the first is a mistake. */
const LOCATIONS = {
  'as documented': '',
  'without cookies': 'proxy_set_header Cookie "";',
  'from another address': 'proxy_bind 127.0.0.2;',
  'without addresses': 'proxy_set_header X-Forwarded-For "";',
  'in a hurry': 'proxy_read_timeout 1s;',
  'with the usual log': 'access_log FOLDER/usual.log combined;',
}
type Proxy = keyof typeof LOCATIONS

const server = (port: number, own: string, target: string) => `server {
  listen 127.0.0.1:${port} ssl;
  server_name localhost;
  ssl_certificate ${LOCALHOST.cert};
  ssl_certificate_key ${LOCALHOST.key};
  large_client_header_buffers 4 16k;
  location / {
    proxy_pass ${target};
    proxy_set_header Host $host;
    ${own.includes('X-Forwarded-For') ? '' : 'proxy_set_header X-Forwarded-For $remote_addr;'}
    ${own.includes('proxy_read_timeout') ? '' : 'proxy_read_timeout 45s;'}
    ${own.includes('access_log') ? '' : 'access_log FOLDER/path.log wauth;'}
    ${own}
  }
}`

describe.skipIf(!nginx)(nginx ? 'behind nginx' : NO_NGINX, () => {
  const ports = new Map<string, number>()
  let folder = ''
  const known = tls.getCACertificates('default')
  beforeAll(() => {
    tls.setDefaultCACertificates([...known, readFileSync(TEST_AUTHORITY, 'utf8')])
  })
  afterAll(() => {
    tls.setDefaultCACertificates(known)
  })

  const connector = connectorFor('all', {
    env: { TRUST_PROXY: '127.0.0.1' },
    behind: async (target) => {
      for (const name of Object.keys(LOCATIONS)) ports.set(name, await freePort())
      const started = await startNginx((port, own) => {
        folder = own
        const servers = Object.entries(LOCATIONS).map(([name, more]) =>
          server(name === 'as documented' ? port : (ports.get(name) ?? 0), more, target),
        )
        const format = `log_format wauth '$remote_addr "$request_method $uri" $status';`
        return [format, ...servers].join('\n').replaceAll('FOLDER', own)
      })
      ports.set('as documented', started.port)
      return { url: `https://localhost:${started.port}`, stop: () => started.stop() }
    },
  })

  /** What the checks say, asked through this proxy. */
  async function checked(proxy: Proxy, { logs = ['path.log'], slowest = seconds(2) } = {}) {
    const { settings } = connector
    const context = createContext({
      settings: { ...settings, publicUrl: new URL(`https://localhost:${ports.get(proxy)}`) },
      source: { env: {}, readFile: () => '' },
      ...{ account: null, tenantHost: null, slowest },
      accessLogs: logs.map((name) => join(folder, name)),
    })
    const lines: Record<string, { status: string; says: string; next: string | null }> = {}
    for await (const told of runChecks([cookies, trustProxy, accessLog, timeOuts], context, false))
      for (const line of told) lines[line.name] = line
    const amiss = Object.values(lines).filter(({ status }) => status !== 'pass')
    return { lines, amiss }
  }

  test('as the documents set it up: every line passes', async () => {
    const { lines, amiss } = await checked('as documented')
    expect(amiss).toEqual([])
    expect(lines['trust-proxy']?.says).toContain('127.0.0.1, whose X-Forwarded-For counts')
    expect(lines['time-outs']?.says).toContain('2 s comes through')
  })

  const CASES: readonly (readonly [proxy: Proxy, check: string, says: RegExp, next: RegExp])[] = [
    ['without cookies', 'cookies', /does not come back/, /proxy_set_header Cookie/],
    ['from another address', 'trust-proxy', /127\.0\.0\.2 .*does not count/, /TRUST_PROXY=127\.0\.0\.2/],
    ['without addresses', 'trust-proxy', /says nothing of whom/, /X-Forwarded-For \$remote_addr/],
    ['in a hurry', 'time-outs', /cut off after [12] s \(status 504\)/, /proxy_read_timeout/],
    ['with the usual log', 'access-log', /usual\.log has the state/, /\$uri/],
  ]

  test.each(CASES)(
    '%s: only the line «%s» fails, and says what to change',
    async (proxy, name, says, next) => {
      const logs = proxy === 'with the usual log' ? ['usual.log'] : ['path.log']
      const { amiss } = await checked(proxy, { logs })
      expect(amiss).toMatchObject([{ name, status: 'failure' }])
      expect(amiss[0]?.says).toMatch(says)
      expect(amiss[0]?.next).toMatch(next)
    },
  )

  test('a log that this user cannot read is no proof of anything', async () => {
    const { amiss } = await checked('as documented', { logs: ['no.log'], slowest: 0 })
    expect(amiss).toMatchObject([{ name: 'access-log', status: 'failure' }])
  })
})
