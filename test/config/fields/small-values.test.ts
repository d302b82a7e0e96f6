import { describe, expect, test } from 'vitest'
import { country } from '../../../src/config/fields/country.ts'
import { displayName } from '../../../src/config/fields/display-name.ts'
import { duration } from '../../../src/config/fields/duration.ts'
import { listenHost } from '../../../src/config/fields/listen-host.ts'
import { port } from '../../../src/config/fields/port.ts'
import { tenantHosts } from '../../../src/config/fields/tenant-hosts.ts'
import { trustedProxies } from '../../../src/config/fields/trusted-proxies.ts'
import { readField } from '../../support/read-field.ts'

describe('small values', () => {
  test.each([
    ['0', 0],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['8d', 'refused: is longer than 7 days'],
    ['24', 'refused: is not a duration'],
    ['-1h', 'refused: is not a duration'],
    ['1.5h', 'refused: is not a duration'],
    ['24 h', 'refused: is not a duration'],
  ])('the duration %s is %o', (text, value) => {
    expect(readField(duration({ maxDays: 7 }), text)).toBe(value)
  })

  test.each([
    ['0', 0],
    ['65535', 65_535],
    ['65536', 'refused: is not a port from 0 to 65535'],
    ['http', 'refused: is not a port from 0 to 65535'],
    ['0x50', 'refused: is not a port from 0 to 65535'],
  ])('the port %s is %o', (text, value) => {
    expect(readField(port(), text)).toBe(value)
  })

  test.each([
    ['RU', 'RU'],
    ['de', 'DE'],
    ['UK', 'refused: is not the code of a country'],
    ['RUS', 'refused: is not the code of a country'],
    ['7', 'refused: is not the code of a country'],
    ['ZZ', 'refused: is not the code of a country'],
    ['toString', 'refused: is not the code of a country'],
  ])('the country %s is %o', (text, value) => {
    expect(readField(country(), text)).toBe(value)
  })

  test.each(['0.0.0.0', '::', '::1', 'localhost', 'wauth-internal'])('%s can be listened on', (text) => {
    expect(readField(listenHost(), text)).toBe(text)
  })

  test.each(['127.0.0.1:3000', 'http://localhost', 'two words', 'a/b'])(
    '%s cannot be listened on',
    (text) => {
      expect(readField(listenHost(), text)).toBe('refused: is neither an IP address nor a host name')
    },
  )

  test.each([
    ['10.0.0.1', ['10.0.0.1']],
    ['10.0.0.0/8, fd00::/8', ['10.0.0.0/8', 'fd00::/8']],
    ['10.0.0.0/33', 'refused: has an item that is neither an IP address nor a CIDR block'],
    ['10.0.0.0/', 'refused: has an item that is neither an IP address nor a CIDR block'],
    ['proxy.example', 'refused: has an item that is neither an IP address nor a CIDR block'],
    ['true', 'refused: has an item that is neither an IP address nor a CIDR block'],
    ['0.0.0.0/0', 'refused: trusts every address there is'],
    ['::/0', 'refused: trusts every address there is'],
    ['10.0.0.1,', 'refused: has an empty item'],
  ])('the proxies %s are %o', (text, value) => {
    expect(readField(trustedProxies(), text)).toEqual(value)
  })

  test.each([
    ['*.crm.example', ['*.crm.example']],
    ['App.CRM.example,*.crm.рф', ['app.crm.example', '*.crm.xn--p1ai']],
    ['*', 'refused: has an item that is not a host name'],
    ['a.*.example', 'refused: has an item that is not a host name'],
    ['https://crm.example', 'refused: has an item that is not a host name'],
    ['crm.example:443', 'refused: has an item that is not a host name'],
  ])('the tenant hosts %s are %o', (text, value) => {
    expect(readField(tenantHosts(), text)).toEqual(value)
  })

  test.each([
    [' Моя CRM ', 'Моя CRM'],
    ['  ', 'refused: must have 1 to 60 characters'],
    ['x'.repeat(61), 'refused: must have 1 to 60 characters'],
    ['evil\u202Eeman', 'refused: has invisible characters'],
  ])('the name %j is %j', (text, value) => {
    expect(readField(displayName(), text)).toBe(value)
  })
})
