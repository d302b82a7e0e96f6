import { html, type Html } from '../pages/html.ts'
import { customers, type Customer } from './customers.ts'

export interface LoginPage {
  action: string
  /** Sent along with the choice. */
  hidden: Record<string, string>
  /** Where "Cancel" goes; null when there is no way back. */
  cancel: string | null
  complaint: string | null
}

const company = ({ accountName, users }: Customer): Html =>
  html`<fieldset>
    <legend>${accountName}</legend>
    ${users.map(
      ({ sub, name, role }) =>
        html`<label class="choice">
          <input type="radio" name="user" value="${sub}" required />
          <span>${name} <span class="soft">${role === 'admin' ? 'Administrator' : 'Employee'}</span></span>
        </label>`,
    )}
  </fieldset>`

/** The CRM's login: whom to be is picked from a list, since a sandbox needs no passwords. */
export const loginPage = (page: LoginPage): Html =>
  html`<h1>Log in</h1>
    <p class="soft">Pick who you are. This is a demonstration, there are no passwords.</p>
    ${page.complaint === null ? null : html`<p class="alert" role="alert">${page.complaint}</p>`}
    <form method="post" action="${page.action}">
      ${Object.entries(page.hidden).map(
        ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
      )}
      ${customers.map(company)}
      <p class="actions"><button>Log in</button></p>
    </form>
    ${
      page.cancel === null
        ? null
        : html`<form class="actions" method="post" action="${page.cancel}">
            <button class="plain">Cancel</button>
          </form>`
    }`
