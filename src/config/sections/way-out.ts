import { z } from 'zod'
import { bareText } from '../fields/bare-text.ts'
import { bypassList } from '../fields/bypass-list.ts'
import { forwardProxy } from '../fields/forward-proxy.ts'

/** By the names that other programs read, too; only the large letters count here. */
export const wayOut = z.object({
  HTTPS_PROXY: forwardProxy().optional().meta({
    description:
      'The proxy by which this service reaches others (CONNECT), perhaps with `user:password@`. Without it, straight. Traces and the database never go by it.',
    secret: true,
    hint: 'Example: http://proxy.crm.example:3128',
  }),
  NO_PROXY: bypassList().optional().meta({
    description:
      'Who is reached without it: hosts with all below them, addresses, blocks of addresses, each perhaps with a port, separated by commas; `*` = everybody. This machine always is.',
    example: 'crm.example,10.0.0.0/8,id.local:8443',
  }),
  CA_FILE: bareText().optional().meta({
    description:
      "A file of certificates (PEM) of authorities of your own, or of a proxy that opens TLS. They count beside Node's.",
    example: '/etc/ssl/company-ca.crt',
  }),
})
