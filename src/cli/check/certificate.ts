import { seconds } from '../../shared/clock.ts'
import { transportCode } from '../../upstream/before-sending.ts'
import { troubleOf } from '../../upstream/connection-trouble.ts'
import { openTls } from '../../upstream/way-out.ts'
import { failure, pass, warning, type Check } from './check.ts'

const DAY = 24 * 60 * 60 * 1000

/** Days before its end at which it should have been renewed. */
const SOON = 14

export const certificate: Check = {
  name: 'certificate',
  title: 'TLS',
  network: true,
  async run({ settings: { publicUrl, wayOut }, clock }) {
    if (publicUrl.protocol === 'http:') return pass('none, as is allowed for development on this machine')
    let socket
    try {
      socket = await openTls(wayOut, publicUrl, seconds(10))
    } catch (error) {
      const code = transportCode(error)
      const trouble = troubleOf(code)
      return failure(
        `no trusted connection to ${publicUrl.host}${trouble ? `: ${trouble.says}` : ''} (${code})`,
        trouble?.next ?? 'Serve the whole chain of a certificate that browsers trust.',
      )
    }
    const until = new Date(socket.getPeerCertificate().valid_to)
    const protocol = socket.getProtocol() ?? 'TLS'
    socket.destroy()
    const days = Math.floor((until.getTime() - clock().getTime()) / DAY)
    return days < SOON
      ? warning(
          `the certificate ends in ${days} days`,
          'Renew it, and look why that did not happen by itself.',
        )
      : pass(`trusted, ${protocol}, valid for ${days} more days`)
  },
}
