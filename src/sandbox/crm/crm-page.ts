import type { Html } from '../pages/html.ts'
import type { SandboxPage } from '../pages/page.ts'
import type { Word, Words } from '../pages/words.ts'

/** A page that looks like the CRM. */
export const crmPage = (words: Words, title: Word, body: Html): SandboxPage => ({
  words,
  title: words.say(title),
  theme: 'crm',
  brand: 'Demo CRM',
  body,
})
