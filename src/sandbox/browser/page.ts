import { parse } from 'node-html-parser'
import { readForm, type Form } from './form.ts'

export interface Link {
  href: string
  text: string
}

/** What came back, before anybody has looked at the HTML. */
export interface PageSource {
  /** Where the redirects ended. */
  url: string
  status: number
  headers: Record<string, string | string[] | undefined>
  html: string
}

/** What a person has in front of them. */
export interface Page extends PageSource {
  title: string
  text: string
  forms: Form[]
  links: Link[]
  /** The first form whose action, without its query, ends so. */
  form(actionEnd: string): Form | undefined
}

/** Reads an answer the way a browser shows it; an answer without HTML gives an empty page. */
export function readPage(source: PageSource): Page {
  const root = parse(source.html)
  const forms = root.querySelectorAll('form').map((form) => readForm(form, root, source.url))
  return {
    ...source,
    title: root.querySelector('title')?.text.trim() ?? '',
    text: root.querySelector('body')?.structuredText.trim() ?? '',
    forms,
    links: root.querySelectorAll('a[href]').map((link) => ({
      href: new URL(link.getAttribute('href') ?? '', source.url).href,
      text: link.text.trim(),
    })),
    form: (actionEnd) => forms.find(({ action }) => new URL(action).pathname.endsWith(actionEnd)),
  }
}
