import { domainToASCII } from 'node:url'
import { textList } from './text-list.ts'

/** Host names, or `*.` and a host name for all hosts under it; lower case, international names as punycode. */
export function tenantHosts() {
  return textList((item, refuse) => {
    const [, wildcard = '', name = ''] = /^(\*\.)?([^*/:@\s]+)$/.exec(item) ?? []
    const ascii = domainToASCII(name)
    return ascii === ''
      ? refuse(
          'has an item that is not a host name',
          'Write app.crm.example or *.crm.example, without a scheme or a port.',
        )
      : wildcard + ascii
  })
}
