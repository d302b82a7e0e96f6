import { describe, expect, test } from 'vitest'
import { BLOCKS, type Block } from './blocks.ts'
import { textOf } from './links.ts'

/** Of each block: the words that name it, and the test that runs or reads it. */
const RUN: Record<string, readonly (readonly [words: string, by: string])[]> = {
  'README.md': [
    ['npm run demo -- --auto', 'test/cli/demo.test.ts'],
    ['/v1/keys/lookup', 'test/docs/commands.test.ts'],
    ['authenticateWebhooks', 'test/package/handler.test.ts'],
  ],
  'CONTRIBUTING.md': [
    ['.ci/run', 'test/docs/workflow.test.ts'],
    ['npm run simulate', 'test/simulation/simulation.test.ts'],
  ],
  'docs/backup.md': [
    ['wauth backup /data', 'test/cli/backup.test.ts'],
    ['wauth -- backup', 'test/docs/commands.test.ts'],
    ['--rehearse', 'test/cli/restore.test.ts'],
    ['jq -rR', 'test/docs/commands.test.ts'],
  ],
  'docs/changes.md': [
    ['"op": "upsert"', 'test/docs/changes.test.ts'],
    ['function passOn', 'test/docs/changes.test.ts'],
    ['INTERNAL_URL, INTERNAL_TOKEN', 'test/docs/changes.test.ts'],
    ['def pass_on', 'test/docs/changes.test.ts'],
    ['wauth changes status', 'test/cli/changes.test.ts'],
  ],
  'docs/events.md': [
    ['"type": "connection.connected"', 'test/docs/events.test.ts'],
    ['verifiedEvent', 'test/docs/events.test.ts'],
    ['def verified_event', 'test/docs/events.test.ts'],
    ['wauth deliveries', 'test/cli/deliveries.test.ts'],
    ['changedSince=$POSITION', 'test/http/internal/connection-routes.test.ts'],
  ],
  'docs/install.md': [
    ['wauth -- secrets ./secrets', 'test/docs/commands.test.ts'],
    ['ENCRYPTION_KEYS_FILE=./', 'test/docs/commands.test.ts'],
    ['ENCRYPTION_KEYS_FILE=/', 'test/docs/container.test.ts'],
    ['wauth -- check --offline', 'test/docs/commands.test.ts'],
    ['npm start', 'test/e2e/npm-scripts.test.ts'],
    ['wauth -- check ', 'test/cli/check/check.test.ts'],
    ['docker compose up', 'test/docs/compose-start.test.ts'],
    ['listen 443', 'test/docs/nginx.test.ts'],
  ],
  'docs/login.md': [
    ['def hand_over', 'test/docs/python.test.ts'],
    ['algorithm="HS256"', 'test/docs/python.test.ts'],
    ['def key_set', 'test/docs/python.test.ts'],
    ['wauth login verify', 'test/cli/login/verify.test.ts'],
  ],
  'docs/network.md': [
    ['HTTPS_PROXY', 'test/upstream/way-out.test.ts'],
    ['CA_FILE', 'test/upstream/way-out.test.ts'],
  ],
  'docs/operations.md': [
    ['wauth connections export', 'test/cli/connections.test.ts'],
    ['wauth installs pause', 'test/cli/installs.test.ts'],
  ],
  'docs/observability/README.md': [['scrape_configs', 'test/observability/documents.test.ts']],
  'docs/troubleshooting.md': [
    ['wauth support', 'test/cli/support.test.ts'],
    ['supportId ==', 'test/docs/commands.test.ts'],
  ],
  'docs/upload.md': [
    ['"next": "any text', 'test/docs/commands.test.ts'],
    ['class Export', 'test/docs/python.test.ts'],
    ['wauth upload status', 'test/cli/upload.test.ts'],
  ],
  'docs/webhooks-and-keys.md': [
    ['ThreadingHTTPServer', 'test/docs/python.test.ts'],
    ['auth_request', 'test/docs/nginx.test.ts'],
  ],
}

/** Of each block that no test runs: the words that name it, and why not. */
const NOT_RUN: Record<string, readonly (readonly [words: string, why: string])[]> = {
  'CONTRIBUTING.md': [['for run in $(seq 20)', 'it takes an hour and a half']],
  'docs/backup.md': [
    ['litestream.yml; run it', 'Litestream is in no Debian package; the page says how it was tried by hand'],
    ['litestream restore', 'the same'],
    ['wauth-backup.timer', 'its one command is that of the line for cron'],
    ['archive_mode', 'the page says how it was tried by hand'],
    ['pg_basebackup', 'the same'],
  ],
  'docs/benchmarks.md': [['npm run bench', '`npm run test:long` runs the quick one']],
  'docs/install.md': [
    ['git clone', 'the address of the repository is not known here'],
    ['docker build', 'there is no Docker; `test/docs/container.test.ts` reads it'],
    ['head /secrets/wauth', 'there is no Docker'],
  ],
  'docs/service-managers.md': [
    ['useradd --system', 'it changes the machine; `test/docs/systemd.test.ts` runs the unit'],
    ['systemctl enable', 'the same'],
    ['kubectl apply', 'there is no cluster; `test/docs/kubernetes.test.ts` reads the manifest'],
  ],
  'docs/login.md': [
    ['jwt.sign(', 'a fragment of a page of the CRM; the demo CRM does the same, and the Python one is run'],
  ],
}

const nameOf = ({ document, code }: Block) => `${document}: ${code.split('\n')[0]}`

const matches = (block: Block, lists: typeof RUN) =>
  (lists[block.document] ?? []).filter(([words]) => block.code.includes(words))

test.each(BLOCKS.map((block) => [nameOf(block), block] as const))('%s', (_name, block) => {
  expect([...matches(block, RUN), ...matches(block, NOT_RUN)]).not.toEqual([])
})

describe('the lists', () => {
  test('name no block that is gone', () => {
    const gone = [RUN, NOT_RUN].flatMap((lists) =>
      Object.entries(lists).flatMap(([document, entries]) =>
        entries.filter(
          ([words]) => !BLOCKS.some((one) => one.document === document && one.code.includes(words)),
        ),
      ),
    )
    expect(gone).toEqual([])
  })

  test('name tests that are there', () => {
    for (const [, by] of Object.values(RUN).flat()) expect(textOf(by)).toMatch(/\btest\b/)
  })
})
