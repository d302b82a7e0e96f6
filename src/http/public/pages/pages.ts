import { shownText } from '../../../shared/visible-text.ts'
import { pageStyle } from '../assets/assets.ts'
import { LOCALES, type Locale } from './choose-locale.ts'
import { confirmView } from './confirm-view.ts'
import type { Page, Problem } from './model.ts'
import { problemView } from './problem-view.ts'
import type { Links } from './links.ts'
import { inLanguage } from './in-language.ts'
import { resultView } from './result-view.ts'
import { uploadView } from './upload-view.ts'
import type { UploadView } from './notice.ts'
import type { UploadProgress } from '../../../upload/progress.ts'
import { loadTemplates } from './templates.ts'
import { loadWords, type Words } from './words.ts'

/** What the operator decides about the pages. */
export interface PageOptions {
  crmName: string
  /** Whether `/wauth/logo` answers with the CRM's logo; it may come later, when its server is back. */
  hasLogo: () => boolean
  /** Where a connected customer goes next. */
  doneUrl: URL | null
  /** Where Wazzup's own interface is. */
  wazzupUrl: URL | null
}

export interface Pages {
  /** The whole HTML document; nothing in it is inline code or style, nothing comes from elsewhere. */
  render(page: Page, locale: Locale): string
  /**
   * A page whose style stands in it (`pageStyle`), and which loads nothing: every request of this browser ends here. In all
   * languages where that of the person is not known.
   */
  alone(problem: Problem, supportId: string, locale: Locale | null): string
  /** How far the upload has got, for the script of a page that shows it. */
  upload(progress: UploadProgress, locale: Locale): UploadView
}

const LONGEST_CRM_NAME = 40

/** Loads templates and words once; a missing or broken one throws here, at start. */
export const createPages = (options: PageOptions): Pages => {
  const templates = loadTemplates()
  const crmName = shownText(options.crmName, LONGEST_CRM_NAME)
  const wordsIn = loadWords(crmName)
  const links = { done: webLink(options.doneUrl), wazzup: webLink(options.wazzupUrl) }
  const initial = shownText(initialOf(crmName), 1)
  const nameOf = (code: Locale) => wordsIn(code).say('language.name')

  return {
    alone(problem, supportId, locale) {
      const said = (locale ? [locale] : LOCALES).map((one) => {
        const { say } = wordsIn(one)
        const key = `problem.${problem}` as const
        return { locale: one, title: say(`${key}.title`), text: say(`${key}.text`), next: say(`${key}.next`) }
      })
      const [{ title }] = said as [(typeof said)[0]]
      const brand = { crmName, initial, hasLogo: false }
      const { say } = wordsIn(locale ?? 'en')
      const frame = { brand, locale: locale ?? 'en', languages: [], style: pageStyle, title, say }
      return templates.render('alone', { ...frame, said, supportId })
    },
    upload: (progress, locale) => uploadView(progress, wordsIn(locale), links),
    render(page, locale) {
      const words = wordsIn(locale)
      const brand = { crmName, initial, hasLogo: options.hasLogo() }
      const languages = LOCALES.map((code) => ({ code, name: nameOf(code), href: inLanguage(page, code) }))
      const frame = { brand, locale, languages, say: words.say }
      return page.page === 'confirm'
        ? templates.render('confirm', { ...frame, ...confirmView(page, words) })
        : templates.render('notice', { ...frame, ...noticeOf(page, words, links) })
    },
  }
}

const noticeOf = (page: Exclude<Page, { page: 'confirm' }>, words: Words, links: Links) =>
  page.page === 'result' ? resultView(page, words, links) : problemView(page, words, links)

/** The address of a web page, or null for anything a browser would run or open in another program. */
const webLink = (address: URL | string | null): string | null => {
  const url = address === null ? null : URL.parse(String(address))
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null
}

const initialOf = (name: string) => (/[\p{L}\p{N}]/u.exec(name)?.[0] ?? name).toUpperCase()
