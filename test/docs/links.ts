import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

/** What is named in a document and is not there: files, tests of a title, sections. */
export const dangling = (file: string, text: string): string[] => [
  ...danglingFiles(file, text),
  ...danglingSections(file, text),
]

const FILE =
  /`([\w./-]+\.(?:[cm]?[jt]s|json|md|ya?ml|toml|pem|sql)|\.dockerignore|Dockerfile)`(?: "([^"]+)")?/g

function danglingFiles(document: string, text: string): string[] {
  return [...text.matchAll(FILE)].flatMap(([, file = '', title]) => {
    // What a build writes is not there before it.
    if (file.startsWith('dist/')) return []
    if (existsSync(join(root, dirname(document), file)) && title === undefined) return []
    if (!existsSync(join(root, file))) return [file]
    return title === undefined || hasTitle(textOf(file), title) ? [] : [`${file} "${title}"`]
  })
}

/** Whether a source has this text as a whole literal, as titles of tests and names of cases are. */
const hasTitle = (source: string, title: string) =>
  ["'", '"', '`'].some((quote) => source.includes(quote + title.replaceAll(quote, `\\${quote}`) + quote))

const LINK = /\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g

function danglingSections(file: string, text: string): string[] {
  return [...text.matchAll(LINK)].flatMap(([, path = '', section]) => {
    const target = path === '' ? file : join(dirname(file), path)
    if (!existsSync(join(root, target))) return [target]
    return section === undefined || anchorsOf(target).includes(section) ? [] : [`${target}#${section}`]
  })
}

/** As GitHub makes them: lower case, signs left out, blanks as hyphens. */
const anchorsOf = (file: string) =>
  [...textOf(file).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
