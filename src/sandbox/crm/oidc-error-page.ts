import { html } from '../pages/html.ts'
import type { Words } from '../pages/words.ts'
import { crmPage } from './crm-page.ts'

/** Shown when a login cannot go on and there is no safe address to send the person back to, as after Back. */
export const oidcErrorPage = (words: Words, startUrl: string) =>
  crmPage(
    words,
    'over',
    html`<h1>${words.say('over')}</h1>
      <p>${words.say('over_text')}</p>
      <p class="actions"><a href="${startUrl}">${words.say('start_again')}</a></p>`,
  )
