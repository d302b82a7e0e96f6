import { connect } from 'node:tls'
import { errorFields } from '../../observability/error-fields.ts'
import { seconds } from '../../shared/clock.ts'
import { failure, pass, warning, type Check } from './check.ts'

const DAY = 24 * 60 * 60 * 1000

/** Days before its end at which it should have been renewed. */
const SOON = 14

export const certificate: Check = {
  name: 'certificate',
  title: 'TLS',
  network: true,
  async run({ settings: { publicUrl }, clock }) {
    if (publicUrl.protocol === 'http:') return pass('none, as is allowed for development on this machine')
    const found = await certificateOf(publicUrl)
    if ('code' in found) {
      return failure(
        `no trusted connection to ${publicUrl.host} (${found.code})`,
        'Serve the whole chain of a certificate that browsers trust. For a private authority set NODE_EXTRA_CA_CERTS.',
      )
    }
    const days = Math.floor((found.until.getTime() - clock().getTime()) / DAY)
    return days < SOON
      ? warning(
          `the certificate ends in ${days} days`,
          'Renew it, and look why that did not happen by itself.',
        )
      : pass(`trusted, ${found.protocol}, valid for ${days} more days`)
  },
}

type Found = { until: Date; protocol: string } | { code: string }

function certificateOf({ hostname, port }: URL): Promise<Found> {
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '')
    const socket = connect({ host, port: Number(port || 443), servername: host, timeout: seconds(10) })
    const end = (found: Found) => {
      socket.destroy()
      resolve(found)
    }
    socket.once('secureConnect', () => {
      const until = new Date(socket.getPeerCertificate().valid_to)
      end({ until, protocol: socket.getProtocol() ?? 'TLS' })
    })
    socket.once('timeout', () => {
      end({ code: 'deadline' })
    })
    socket.once('error', (error: Error) => {
      end({ code: errorFields(error).code ?? error.name })
    })
  })
}
