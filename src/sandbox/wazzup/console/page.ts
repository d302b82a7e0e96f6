import { html, type Html } from '../../pages/html.ts'
import type { Account, Kind } from '../accounts.ts'
import type { Connection } from '../connections.ts'
import { mask, type ShownRequest } from './masked.ts'

/** What a press of a button led to. */
export interface Told {
  good: boolean
  text: string
}

export interface ConsolePage {
  account: Account
  connection: Connection | undefined
  /** The latest first. */
  requests: readonly ShownRequest[]
  /** How many answers to the exchange are going to be lost. */
  answersToLose: number
  told: Told | null
}

/** Each button: what it does is in `actions.ts`. */
const BUTTONS = [
  ['message', 'Send a message', 'A webhook as for a client who writes.'],
  ['client', 'Ask for a contact and a deal', 'A new client: the CRM is asked to create both.'],
  ['refuse', 'Refuse the apiKey', 'As when the customer removes the integration.'],
  ['accept', 'Accept the apiKey again', 'Takes that back.'],
  ['lose', 'Lose the next answer', 'Wazzup takes the next state, and its answer never arrives.'],
] as const

const KINDS: readonly Kind[] = ['users', 'pipelines', 'contacts', 'deals']

const SAMPLE = 3

const connected = ({ name, crmKey, apiKey, keyAlive, connectedAt }: Connection): Html =>
  html`<p class="${keyAlive ? 'good' : 'alert'}">
      ${keyAlive ? 'Connected' : 'Connected, but the apiKey is refused'}: ${name}
    </p>
    <p class="soft">since ${clockTime(connectedAt)} · crmKey ${mask(crmKey)} · apiKey ${mask(apiKey)}</p>`

const webhooks = ({ webhooks: { uri, subscriptions } }: Account): Html => {
  const on = Object.entries(subscriptions).flatMap(([name, isOn]) => (isOn ? [name] : []))
  return html`<p>
    Webhooks: ${uri ?? 'no address'}
    <span class="soft">${on.length === 0 ? 'all switches are off' : on.join(', ')}</span>
  </p>`
}

const held = (account: Account, kind: Kind): Html => {
  const rows = [...account[kind].values()]
  const sample = rows
    .slice(0, SAMPLE)
    .map(({ id, name }) => `${id}${typeof name === 'string' ? ` ${name}` : ''}`)
  return html`<tr>
    <th scope="row">${kind}</th>
    <td class="number">${rows.length}</td>
    <td class="soft">${sample.join(', ')}${rows.length > SAMPLE ? ', …' : null}</td>
  </tr>`
}

const clockTime = (at: Date) => at.toISOString().slice(11, 19)

const request = ({ at, method, path, status, fault, body }: ShownRequest): Html =>
  html`<tr>
    <td class="soft">${clockTime(at)}</td>
    <td>${method} ${path}${body === '' ? null : html`<br /><code>${body}</code>`}</td>
    <td class="number">
      ${status ?? '–'}${fault === null ? null : html`<br /><span class="soft">${fault}</span>`}
    </td>
  </tr>`

const button = (accountId: string, [action, label, about]: (typeof BUTTONS)[number]): Html =>
  html`<form method="post" action="/console/${action}">
    <input type="hidden" name="accountId" value="${accountId}" />
    <button class="plain">${label}</button>
    <span class="soft">${about}</span>
  </form>`

/** What this Wazzup holds, every request that came, and buttons for what Wazzup does by itself. */
export const consolePage = ({ account, connection, requests, answersToLose, told }: ConsolePage): Html =>
  html`<h1>Behind the scenes</h1>
    <p class="soft">
      Wazzup account ${account.accountId} ·
      <a href="/?accountId=${account.accountId}">its page with «Connect»</a>
    </p>
    <section class="tools" aria-label="What Wazzup does">
      ${BUTTONS.map((each) => button(account.accountId, each))}
    </section>
    <div id="live" aria-live="polite">
      ${told === null ? null : html`<p class="${told.good ? 'told' : 'alert'}">${told.text}</p>`}
      ${answersToLose === 0 ? null : html`<p class="alert">Answers to be lost: ${answersToLose}</p>`}
      <h2>What Wazzup holds</h2>
      ${connection ? connected(connection) : html`<p>Not connected yet.</p>`} ${webhooks(account)}
      <table>
        ${KINDS.map((kind) => held(account, kind))}
      </table>
      <h2>Requests</h2>
      ${requests.length === 0 ? html`<p class="soft">None yet.</p>` : null}
      <table class="requests">
        ${requests.map(request)}
      </table>
    </div>`
