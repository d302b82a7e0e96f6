import fc from 'fast-check'
import { parse } from 'node-html-parser'
import { expect, test } from 'vitest'
import { createPages } from '../../../../src/http/public/pages/pages.ts'
import { confirmPage, resultPage } from './every-page.ts'

test('no name, id or token gets out of its place in the page', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '<script>',
      '"><img onerror=x>',
      '</title>',
      "' onclick='",
      '&lt;',
      '<%= 1 %>',
      '$t(x)',
      '{{crm}}',
    ),
  )
  const skeleton = (html: string) =>
    parse(html)
      .querySelectorAll('*')
      .map((element) => [element.rawTagName, Object.keys(element.attributes)].join(' '))
  const pages = createPages({ crmName: 'Acme CRM', hasLogo: () => false, doneUrl: null, wazzupUrl: null })
  const confirm = skeleton(pages.render(confirmPage({ nameInWazzup: 'Acme' }), 'en'))
  const failed = { status: 'failed', reason: 'wazzup_unavailable', retry: 'confirm' } as const
  const result = skeleton(pages.render(resultPage(failed), 'en'))

  fc.assert(
    fc.property(hostile, hostile, (name, other) => {
      const names = { crmAccountName: name, nameInWazzup: other, userName: other, wazzupAccountId: other }
      const ids = { attemptId: name.toWellFormed(), csrfToken: other }
      expect(skeleton(pages.render(confirmPage({ ...names, ...ids }), 'en'))).toEqual(confirm)
      const page = resultPage({ ...failed, crmAccountName: name, supportId: other })
      expect(skeleton(pages.render({ ...page, ...ids }, 'en'))).toEqual(result)
    }),
  )
})
