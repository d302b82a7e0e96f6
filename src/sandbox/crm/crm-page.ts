import type { Html } from '../pages/html.ts'
import type { SandboxPage } from '../pages/page.ts'

/** A page that looks like the CRM. */
export const crmPage = (title: string, body: Html): SandboxPage => ({
  title,
  theme: 'crm',
  brand: 'Demo CRM',
  body,
})
