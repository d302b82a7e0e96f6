import { expect, test } from 'vitest'
import { bypassOf, isThisMachine } from '../../src/config/no-proxy.ts'

const meets = (item: string, url: string) => {
  const { hostname, port } = new URL(url)
  return bypassOf(item)?.isMet({ hostname, port: Number(port || 443) })
}

test.each<[item: string, met: string[], missed: string[]]>([
  [
    'crm.example',
    ['https://crm.example/', 'https://A.crm.example', 'https://crm.example.:8443'],
    ['https://xcrm.example', 'https://crm.example.org'],
  ],
  ['.crm.example', ['https://a.crm.example', 'https://crm.example'], ['https://other.example']],
  ['*.CRM.example', ['https://a.crm.example'], ['https://acrm.example']],
  ['crm.example:8443', ['https://crm.example:8443'], ['https://crm.example', 'https://crm.example:9443']],
  ['crm.example:443', ['https://crm.example'], ['https://crm.example:8443']],
  [
    '10.0.0.0/8',
    ['https://10.1.2.3', 'https://10.255.0.1:8443'],
    ['https://11.0.0.1', 'https://ten.example'],
  ],
  ['192.168.1.5', ['https://192.168.1.5'], ['https://192.168.1.50']],
  ['192.168.1.5:8443', ['https://192.168.1.5:8443'], ['https://192.168.1.5']],
  ['fd00::/8', ['https://[fd00::1]', 'https://[fdff::1]:8443'], ['https://[fe80::1]', 'https://10.0.0.1']],
  ['[fd00::1]:8443', ['https://[fd00::1]:8443'], ['https://[fd00::1]', 'https://[fd00::2]:8443']],
  ['fd00::1', ['https://[fd00::1]'], ['https://[fd00::2]']],
  ['*', ['https://api.wazzup24.com'], []],
])('%s is who is reached without the proxy', (item, met, missed) => {
  expect(met.map((url) => meets(item, url))).toEqual(met.map(() => true))
  expect(missed.map((url) => meets(item, url))).toEqual(missed.map(() => false))
})

test.each(['10.0.0.0/33', '10.0.0.0/', 'http://crm.example', 'a b', 'crm_example..x', '[fd00::1', ''])(
  '%s can be nobody',
  (item) => {
    expect(bypassOf(item)).toBeNull()
  },
)

test.each(['localhost', '127.0.0.1', '127.9.9.9', '[::1]', '::1', 'crm.localhost'])(
  '%s is this machine',
  (hostname) => {
    expect(isThisMachine({ hostname, port: 443 })).toBe(true)
  },
)
