import { parsedText, type Refuse } from './parsed-text.ts'

/** An http(s) address, at most `maxLength` characters. Whether plain http will do is for a rule that knows more. */
export function webUrl({ maxLength = 2000 } = {}) {
  return parsedText((text, refuse) => {
    const url = parseWebUrl(text, refuse)
    return url.href.length > maxLength ? refuse(`is longer than ${maxLength} characters`) : url
  })
}

/** Scheme, host and port only: other addresses are built from it. */
export function origin() {
  return parsedText((text, refuse) => {
    const url = parseWebUrl(text, refuse)
    return url.pathname === '/' && !text.includes('?')
      ? url
      : refuse('must be an origin, without a path or a query')
  })
}

function parseWebUrl(text: string, refuse: Refuse): URL {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) return refuse('is not a web address')
  if (url.username || url.password) return refuse('must not contain a user name or password')
  if (text.includes('#')) return refuse('must not contain a fragment (#…)')
  return url
}
