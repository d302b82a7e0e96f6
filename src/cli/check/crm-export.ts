import { z } from 'zod'
import { parseJson } from '../../wazzup/error-code.ts'
import type { Answer } from '../../wazzup/client.ts'
import { failure, pass, skip, warning, type Check, type Finding } from './check.ts'

export const crmExport: Check = {
  name: 'crm-export',
  title: 'CRM_EXPORT_URL',
  network: true,
  async run({ settings: { upload }, account, inspection, ask }) {
    if (!upload) return skip('not set: nothing is loaded into Wazzup after a connect')
    const found = account === null ? inspection() : null
    const asAccount = account ?? (found?.kind === 'found' ? found.account : null)
    if (asAccount === null) {
      return warning(
        'not tried: no CRM account is connected yet to ask for',
        'Name one of your own: wauth check --account ID',
      )
    }
    const url = new URL(upload.exportUrl)
    // The path may end with a slash or not, and the address may have a query of its own.
    url.pathname = `${url.pathname.replace(/\/$/, '')}/users`
    url.searchParams.set('account', asAccount)
    const asked = await ask(url, { token: upload.exportToken.reveal() })
    if (asked.kind === 'silent') {
      return failure(`your export does not answer: ${asked.why}`, 'Start it where this machine can reach it.')
    }
    return findingOf(asked.answer, asAccount)
  },
}

const User = z.object({ id: z.union([z.string(), z.number()]), name: z.string() })
const Page = z.object({ items: z.array(z.unknown()), next: z.string().nullable() })

function findingOf(answer: Answer, account: string): Finding {
  const { status, body, tooLarge } = answer
  if (status === 401 || status === 403) {
    return failure(`your export refuses CRM_EXPORT_TOKEN (${status})`, 'Give both sides the same token.')
  }
  if (status !== 200 || tooLarge) {
    return failure(
      `your export answers ${tooLarge ? 'more than 1 MiB' : status} for the users of «${account}»`,
      'It must answer 200 to GET …/users?account=ID, with pages of reasonable size.',
    )
  }
  const page = Page.safeParse(parseJson(body))
  if (!page.success) {
    return failure(
      'your export answers in another shape',
      'It must be { "items": […], "next": "cursor" or null }.',
    )
  }
  const { items } = page.data
  if (items.some((item) => !User.safeParse(item).success)) {
    return failure('some users of your export have no id or no name', 'Each needs { "id": …, "name": "…" }.')
  }
  return items.length === 0
    ? warning(`your export knows no users of «${account}»`, 'Check that this is an account of your CRM.')
    : pass(`in the right shape; ${items.length} users of «${account}» on the first page`)
}
