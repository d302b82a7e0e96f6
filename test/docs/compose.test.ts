import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import dotenv from 'dotenv'
import { describe, expect, test } from 'vitest'
import { fileName } from '../../src/config/text-value.ts'
import { settingFacts } from '../../src/config/setting-facts.ts'
import { settingsGroups } from '../../src/settings.ts'
import { COMPOSE, composeServices } from '../support/compose-file.ts'

const TWO = { DOMAIN: 'crm.example', WAZZUP_CRM_CODE: 'my-crm' }
const services = composeServices(TWO)

const settings = settingsGroups.flatMap(({ schema }) => settingFacts(schema).map(({ name }) => name))
const known = [...settings, ...settings.map(fileName)]
/** What is only for Compose. */
const OWN = ['DOMAIN', 'WAUTH_DOMAIN', 'WAUTH_REPLICAS']

describe('the compose file', () => {
  test('wants two settings, and says which', () => {
    expect(() => composeServices({})).toThrow('DOMAIN is the domain of your CRM')
    expect(() => composeServices({ DOMAIN: 'crm.example' })).toThrow('WAZZUP_CRM_CODE is the crmCode')
    const example = readFileSync(join(COMPOSE, '.env.example'), 'utf8')
    expect(dotenv.parse(example)).toEqual({ DOMAIN: '', WAZZUP_CRM_CODE: '' })
  })

  test('gives the service only settings that there are, and no secret by value', () => {
    const { environment = {} } = services['wauth'] ?? {}
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([])
    const secret = settingsGroups
      .flatMap(({ schema }) => settingFacts(schema))
      .filter((facts) => facts.secret)
    expect(secret.filter(({ name }) => environment[name])).toEqual([])
    const example = readFileSync(join(COMPOSE, '.env.example'), 'utf8')
    const named = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name ?? '')
    expect(named.filter((name) => ![...known, ...OWN].includes(name))).toEqual([])
  })

  test('takes what else is set', () => {
    const more = {
      ...TWO,
      WAUTH_DOMAIN: 'connect.example',
      CRM_NAME: 'My CRM',
      CRM_EXPORT_URL: 'https://e.example',
      EVENTS_URL: 'https://v.example',
    }
    expect(composeServices({ ...more, WAZZUP_SECRET_FILE: '' })['wauth']?.environment).toMatchObject({
      PUBLIC_URL: 'https://connect.example',
      CRM_NAME: 'My CRM',
      CRM_EXPORT_TOKEN_FILE: '/secrets/wauth/CRM_EXPORT_TOKEN',
      EVENTS_SECRET_FILE: '/secrets/wauth/EVENTS_SECRET',
      WAZZUP_SECRET_FILE: '',
    })
    expect(services['wauth']?.environment).toMatchObject({
      EVENTS_SECRET_FILE: '',
      CRM_EXPORT_TOKEN_FILE: '',
    })
    const own = composeServices({ ...more, EVENTS_SECRET_FILE: '/my/secret' })['wauth']?.environment
    expect(own).toMatchObject({ EVENTS_SECRET_FILE: '/my/secret' })
  })

  test('names the version of every image', () => {
    for (const { image } of Object.values(services)) expect(image).toMatch(/^[a-z-]+:\d+\.\d+(\.\d+)?$/)
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(services['wauth']?.image).toBe(`wauth-connector:${version}`)
  })

  test('publishes the proxy alone, which reaches the public listener alone', () => {
    const published = Object.entries(services).filter(([, { ports, expose }]) => ports ?? expose)
    expect(published.map(([name, { ports }]) => [name, ports])).toEqual([
      ['proxy', ['80:80', '443:443', '443:443/udp']],
    ])
    const caddyfile = readFileSync(join(COMPOSE, 'Caddyfile'), 'utf8')
    expect(caddyfile).toContain(`reverse_proxy wauth:${services['wauth']?.environment?.['PORT']} {`)
    expect(caddyfile).not.toContain(String(services['wauth']?.environment?.['INTERNAL_PORT']))
    expect(services['proxy']?.networks).not.toContain('storage')
  })

  test('has everything wait for what it needs', () => {
    const order = Object.entries(services).map(([name, { depends_on = {} }]) => [
      name,
      Object.entries(depends_on).map(([other, { condition }]) => `${other} ${condition}`),
    ])
    expect(Object.fromEntries(order)).toEqual({
      secrets: [],
      database: ['secrets service_completed_successfully'],
      migrate: ['database service_healthy'],
      wauth: ['migrate service_completed_successfully'],
      proxy: ['wauth service_healthy'],
    })
  })
})
