import { html, type Html } from '../pages/html.ts'
import type { Words } from '../pages/words.ts'
import type { Connection } from './connections.ts'
import type { MarketplaceModule } from './modules.ts'

export interface MarketplacePage {
  accountId: string
  modules: MarketplaceModule[]
  connection: Connection | undefined
  /** Why the last click led nowhere. */
  complaint: 'no_module' | 'no_address' | null
}

const nameOf = (module: MarketplaceModule) => module.crmName ?? module.crmCode

function logo(module: MarketplaceModule): Html {
  if (!module.logo)
    return html`<div class="logo" aria-hidden="true">${nameOf(module).charAt(0).toUpperCase()}</div>`
  const source = `data:image/svg+xml;base64,${module.logo.content}`
  return html`<img class="logo" alt="" src="${source}" />`
}

const about = (module: MarketplaceModule, connection: Connection | undefined, { say }: Words) =>
  connection
    ? html`<p class="good">${say('connected')}</p>
        <p>${connection.name}</p>
        <p class="soft">
          ${say('since')} ${connection.connectedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC
        </p>`
    : html`<p class="soft">${say('chats')} ${nameOf(module)}.</p>`

const addressField = ({ say }: Words) =>
  html`<label>
    ${say('address')}
    <input type="url" name="domain" required placeholder="https://your-company.crm.example" />
  </label>`

function card(module: MarketplaceModule, { accountId, connection }: MarketplacePage, words: Words): Html {
  const mine = connection?.crmCode === module.crmCode ? connection : undefined
  return html`<section class="card">
    ${logo(module)}
    <div class="about">
      <h2>${nameOf(module)}</h2>
      ${about(module, mine, words)}
    </div>
    <form method="post" action="/marketplace/connect">
      <input type="hidden" name="crmCode" value="${module.crmCode}" />
      <input type="hidden" name="accountId" value="${accountId}" />
      ${module.authRedirectUri ? null : addressField(words)}
      <button${mine ? html` class="plain"` : null}>${words.say(mine ? 'again' : 'connect')}</button>
    </form>
  </section>`
}

/** The page "Integration with CRM" of a client's personal area. */
export const marketplacePage = (page: MarketplacePage, words: Words): Html =>
  html`<h1>${words.say('integration')}</h1>
    <p class="soft">${words.say('area')} ${page.accountId}</p>
    ${page.complaint === null ? null : html`<p class="alert" role="alert">${words.say(page.complaint)}</p>`}
    ${page.modules.map((module) => card(module, page, words))}
    ${page.modules.length > 0 ? null : html`<p>${words.say('none')}</p>`}`
