import { isIP } from 'node:net'
import { textList } from './text-list.ts'

/** IP addresses and CIDR blocks. Everybody (`/0`) is refused: anyone could then forge their own address. */
export function trustedProxies() {
  return textList((item, refuse) => {
    const [address = '', bits, more] = item.split('/')
    const longest = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0
    const block = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest)
    if (longest === 0 || !block || more !== undefined) {
      return refuse('has an item that is neither an IP address nor a CIDR block')
    }
    return bits !== undefined && Number(bits) === 0 ? refuse('trusts every address there is') : item
  })
}
