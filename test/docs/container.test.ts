import dotenv from 'dotenv'
import { expect, test } from 'vitest'
import { loadSettings } from '../../src/settings.ts'
import { blockWith } from './blocks.ts'
import { textOf } from './links.ts'

const block = blockWith('docs/install.md', 'docker run --detach')
const dockerfile = textOf('Dockerfile')

/** What the container is given: the image's own settings, the file, and then the words of the command. */
function environment() {
  const [, own = ''] = /^ENV (.+)$/m.exec(dockerfile) ?? []
  const words = [...block.matchAll(/-e (\w+)=(\S+)/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  )
  return {
    ...Object.fromEntries(own.split(' ').map((pair) => pair.split('=') as [string, string])),
    ...{
      PUBLIC_URL: 'https://wauth.crm.example',
      WAZZUP_CRM_CODE: 'acme',
      CRM_NAME: 'Acme',
      LOGIN: 'handoff',
    },
    ...{ HANDOFF_LOGIN_URL: 'https://crm.example/login', HANDOFF_ISSUER: 'https://crm.example' },
    ...dotenv.parse(blockWith('docs/install.md', 'ENCRYPTION_KEYS_FILE=/')),
    ...Object.fromEntries(words),
    // What Docker answers to the question in the command.
    TRUST_PROXY: '172.17.0.1',
  }
}

const KEY = 'k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='

test('the container that is shown starts, serves look-ups to its host, and has its secrets', () => {
  const readFile = (path: string) => (path.endsWith('KEYS') ? KEY : `${path}-of-some-length-at-least`)
  const { listeners, warnings } = loadSettings({ env: environment(), readFile })
  expect(warnings).toEqual([])
  expect(listeners).toMatchObject({ public: { port: 3000 }, internal: { host: '0.0.0.0', port: 3001 } })
  for (const port of [3000, 3001]) expect(block).toContain(`-p 127.0.0.1:${port}:${port}`)
  expect(block).toContain('-e TRUST_PROXY="$(docker network inspect bridge')
})

test('its volumes are folders that the image has for its user', () => {
  const [, made = ''] = /install --directory --owner=node .* (\/data .*) \\/.exec(dockerfile) ?? []
  const mounted = [...block.matchAll(/-v [\w-]+:([\w/]+)/g)].map(([, path = '']) => path)
  expect(made.split(' ')).toEqual(expect.arrayContaining(mounted))
})

test('the image can be built on a digest: no stage names another base', () => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
  expect(new Set(bases)).toEqual(new Set(['$NODE_IMAGE']))
  expect(textOf('.ci/release')).toContain("sed -n 's/^ARG NODE_IMAGE=//p' Dockerfile")
})
