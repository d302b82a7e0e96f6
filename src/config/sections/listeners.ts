import { z } from 'zod'
import { listenHost } from '../fields/listen-host.ts'
import { port } from '../fields/port.ts'
import { secretText } from '../fields/secret-text.ts'
import { trustedProxies } from '../fields/trusted-proxies.ts'
import { origin } from '../fields/web-url.ts'

export const listeners = z.object({
  PUBLIC_URL: origin().meta({
    description:
      'The https origin under which browsers reach the public listener. Every address is built from it.',
    example: 'https://wauth.crm.example',
  }),
  HOST: listenHost().prefault('0.0.0.0').meta({
    description:
      'The address on which the public listener listens. With a plain http PUBLIC_URL it is always loopback.',
  }),
  PORT: port().prefault('3000').meta({ description: 'The port of the public listener.' }),
  INTERNAL_HOST: listenHost().prefault('127.0.0.1').meta({
    description:
      'The address of the internal listener: keys, connections, health, metrics. Keep it off the internet.',
  }),
  INTERNAL_PORT: port().prefault('3001').meta({ description: 'The port of the internal listener.' }),
  INTERNAL_TOKEN: secretText().optional().meta({
    description: 'The bearer token of the key and connection routes. Without it those routes are off.',
    secret: true,
    hint: 'Make one: openssl rand -base64 32',
  }),
  INTERNAL_TOKEN_PREVIOUS: secretText().optional().meta({
    description:
      'The token before this one: it is accepted too, while your systems change over. Then remove it.',
    secret: true,
  }),
  LOOKUP_TOKEN: secretText().optional().meta({
    description:
      'A bearer token that opens the routes of the look-up and nothing else: for handlers, which need no more.',
    secret: true,
    hint: 'Make one: openssl rand -base64 32',
  }),
  TRUST_PROXY: trustedProxies().optional().meta({
    description: 'Addresses of the reverse proxies whose X-Forwarded-* headers count. Without it none do.',
    example: '10.0.0.0/8,192.168.1.5',
  }),
})
