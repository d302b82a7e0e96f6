import { html } from '../pages/html.ts'
import { crmPage } from './crm-page.ts'

/** Shown when a login cannot go on and there is no safe address to send the person back to. */
export const oidcErrorPage = crmPage(
  'This login cannot go on',
  html`<h1>This login cannot go on</h1>
    <p>It has ended, or the link to it is not right. Go back to where you came from and start again.</p>`,
)
