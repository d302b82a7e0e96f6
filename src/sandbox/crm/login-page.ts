import { html, type Html } from '../pages/html.ts'
import type { Words } from '../pages/words.ts'
import { customers, type Customer } from './customers.ts'

export interface LoginPage {
  action: string
  /** Sent along with the choice. */
  hidden: Record<string, string>
  /** Where "Cancel" goes; null when there is no way back. */
  cancel: string | null
  /** Why the last choice led nowhere. */
  complaint: 'pick_one' | null
}

const company = ({ accountName, users }: Customer, { say }: Words): Html =>
  html`<fieldset>
    <legend>${accountName}</legend>
    ${users.map(
      ({ sub, name, role }) =>
        html`<label class="choice">
          <input type="radio" name="user" value="${sub}" required />
          <span>${name} <span class="soft">${say(role)}</span></span>
        </label>`,
    )}
  </fieldset>`

/** The CRM's login: whom to be is picked from a list, since a sandbox needs no passwords. */
export const loginPage = (page: LoginPage, words: Words): Html =>
  html`<h1>${words.say('log_in')}</h1>
    <p class="soft">${words.say('pick')}</p>
    ${page.complaint === null ? null : html`<p class="alert" role="alert">${words.say(page.complaint)}</p>`}
    <form method="post" action="${page.action}">
      ${Object.entries(page.hidden).map(
        ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
      )}
      ${customers.map((customer) => company(customer, words))}
      <p class="actions"><button>${words.say('log_in_button')}</button></p>
    </form>
    ${
      page.cancel === null
        ? null
        : html`<form class="actions" method="post" action="${page.cancel}">
            <button class="plain">${words.say('cancel')}</button>
          </form>`
    }`
