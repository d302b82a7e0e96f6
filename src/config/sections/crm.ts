import { z } from 'zod'
import { displayName } from '../fields/display-name.ts'
import { tenantHosts } from '../fields/tenant-hosts.ts'
import { webUrl } from '../fields/web-url.ts'

export const crm = z.object({
  CRM_NAME: displayName().meta({
    description: 'The name of your CRM, as the pages show it.',
    example: 'My CRM',
  }),
  CRM_LOGO_URL: webUrl().optional().meta({
    description: 'A picture for the head of the pages.',
    example: 'https://crm.example/logo.svg',
  }),
  DONE_URL: webUrl().optional().meta({
    description: 'A page of your CRM that the last page leads on to.',
    example: 'https://crm.example/settings/wazzup',
  }),
  TENANT_HOSTS: tenantHosts().optional().meta({
    description:
      'Hosts of your customers, when each has an address of his own and the module has no authRedirectUri. Without it off.',
    example: '*.crm.example',
  }),
})
