import { html, type Html } from '../pages/html.ts'
import type { Connection } from './connections.ts'
import type { MarketplaceModule } from './modules.ts'

export interface MarketplacePage {
  accountId: string
  modules: MarketplaceModule[]
  connection: Connection | undefined
  /** Why the last click led nowhere. */
  complaint: string | null
}

const nameOf = (module: MarketplaceModule) => module.crmName ?? module.crmCode

function logo(module: MarketplaceModule): Html {
  if (!module.logo)
    return html`<div class="logo" aria-hidden="true">${nameOf(module).charAt(0).toUpperCase()}</div>`
  const source = `data:image/svg+xml;base64,${module.logo.content}`
  return html`<img class="logo" alt="" src="${source}" />`
}

const about = (module: MarketplaceModule, connection: Connection | undefined) =>
  connection
    ? html`<p class="good">Connected</p>
        <p>${connection.name}</p>
        <p class="soft">since ${connection.connectedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC</p>`
    : html`<p class="soft">Chats of WhatsApp, Telegram and Instagram inside ${nameOf(module)}.</p>`

const addressField = html`<label>
  Address of your CRM
  <input type="url" name="domain" required placeholder="https://your-company.crm.example" />
</label>`

function card(module: MarketplaceModule, { accountId, connection }: MarketplacePage): Html {
  const mine = connection?.crmCode === module.crmCode ? connection : undefined
  return html`<section class="card">
    ${logo(module)}
    <div class="about">
      <h2>${nameOf(module)}</h2>
      ${about(module, mine)}
    </div>
    <form method="post" action="/marketplace/connect">
      <input type="hidden" name="crmCode" value="${module.crmCode}" />
      <input type="hidden" name="accountId" value="${accountId}" />
      ${module.authRedirectUri ? null : addressField}
      <button${mine ? html` class="plain"` : null}>${mine ? 'Connect again' : 'Connect'}</button>
    </form>
  </section>`
}

/** The page "Integration with CRM" of a client's personal area. */
export const marketplacePage = (page: MarketplacePage): Html =>
  html`<h1>Integration with CRM</h1>
    <p class="soft">Personal area ${page.accountId}</p>
    ${page.complaint === null ? null : html`<p class="alert" role="alert">${page.complaint}</p>`}
    ${page.modules.map((module) => card(module, page))}
    ${page.modules.length > 0 ? null : html`<p>There are no integrations yet.</p>`}`
