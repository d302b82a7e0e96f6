import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GIVE_UP_AFTER } from '../../src/compose/stop.ts'
import { loadSettings } from '../../src/settings.ts'
import { seconds } from '../../src/shared/clock.ts'
import { manifest, MANIFESTS, unknownFields, type Manifest } from './kubernetes.ts'

const pod = manifest('Deployment').spec?.template.spec
const [container] = pod?.containers ?? []
const environment = manifest('ConfigMap').data ?? {}

test('the schema of each kind takes its manifest', () => {
  for (const { kind, metadata } of MANIFESTS) expect(() => manifest(kind, metadata.name)).not.toThrow()
})

test('no field is misspelt', () => {
  const written = JSON.stringify(MANIFESTS)
  expect(unknownFields(MANIFESTS)).toEqual([])
  const wrong = JSON.parse(written.replace('"readinessProbe"', '"readynessProbe"')) as Manifest[]
  expect(unknownFields(wrong)).toEqual([expect.stringContaining('"readynessProbe"')])
})

/** What stands in the files that the secrets become. */
const SECRETS: Record<string, string> = {
  '/secrets/database/DATABASE_URL': 'postgres://wauth:password@database/wauth',
  '/secrets/wauth/ENCRYPTION_KEYS': `k1:${randomBytes(32).toString('base64')}`,
}

test('its settings are a set-up that starts, and no secret is among them', () => {
  const read: string[] = []
  const readFile = (path: string) => {
    read.push(path)
    return SECRETS[path] ?? `${path}-of-some-length-at-least`
  }
  expect(loadSettings({ env: environment, readFile }).warnings).toEqual([])
  const folders = container?.volumeMounts?.map(({ mountPath }) => mountPath)
  expect(new Set(read.map((path) => path.replace(/\/\w+$/, '')))).toEqual(new Set(folders))
})

test('the probes and services ask where the service listens', () => {
  const pairs = container?.ports?.map(({ name, containerPort }) => [String(name), containerPort] as const)
  const ports: Record<string, number> = Object.fromEntries(pairs ?? [])
  expect(ports).toEqual({
    ...{ public: Number(environment['PORT']), internal: Number(environment['INTERNAL_PORT']) },
  })
  expect(container?.livenessProbe?.httpGet).toEqual({ path: '/livez', port: 'internal' })
  expect(container?.readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'internal' })
  const targets = ['wauth', 'wauth-internal'].map((name) => manifest('Service', name).spec?.ports)
  expect(targets).toMatchObject([
    [{ targetPort: 'public' }],
    [{ port: ports['internal'], targetPort: 'internal' }],
  ])
})

test('a pod has the time to end, is found by its labels, and runs the image of this version', () => {
  expect(seconds(pod?.terminationGracePeriodSeconds ?? 0)).toBeGreaterThan(GIVE_UP_AFTER + seconds(1))
  const labels = manifest('Deployment').spec?.template.metadata?.labels
  expect(manifest('PodDisruptionBudget').spec?.selector?.matchLabels).toEqual(labels)
  expect(manifest('NetworkPolicy').spec?.podSelector?.matchLabels).toEqual(labels)
  for (const name of ['wauth', 'wauth-internal'])
    expect(manifest('Service', name).spec?.selector).toEqual(labels)
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    version: string
  }
  for (const { image } of [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])])
    expect(image).toBe(`wauth-connector:${version}`)
})
