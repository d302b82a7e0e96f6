/**
 * Whether two addresses lead to the same place, however they are spelled. Scheme, host and port are compared as the URL standard
 * writes them; path and query by what they say, part by part, so that an encoded slash is no slash. A fragment is never sent.
 */
export function isSameAddress(one: string | URL, other: string | URL): boolean {
  const [first, second] = [URL.parse(String(one)), URL.parse(String(other))]
  return first !== null && second !== null && meaningOf(first) === meaningOf(second)
}

const meaningOf = ({ protocol, username, password, host, pathname, searchParams }: URL) =>
  JSON.stringify([
    ...[protocol, decoded(username), decoded(password), host],
    pathname.split('/').map(decoded),
    [...searchParams],
  ])

/** What is no text in UTF-8 stays as it is written. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text.replace(/%[\da-f]{2}/gi, (encoded) => encoded.toUpperCase())
  }
}
