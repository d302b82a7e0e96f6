const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** A name of at most `longest` UTF-16 units, cut where no character is torn; null when there is none. */
export function nameOf(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return null
  const name = value.trim()
  if (name.length <= longest) return name === '' ? null : name
  let cut = ''
  for (const { segment } of graphemes.segment(name.slice(0, longest * 2))) {
    if (cut.length + segment.length > longest) break
    cut += segment
  }
  return cut.trimEnd() || null
}

const LONGEST_URI = 200

/** A link to the CRM, if it is one and short enough. */
export function uriOf(value: unknown): { kind: 'none' } | { kind: 'uri'; uri: string } | { kind: 'bad' } {
  if (value === undefined || value === null || value === '') return { kind: 'none' }
  if (typeof value !== 'string' || value.length > LONGEST_URI) return { kind: 'bad' }
  return /^https?:$/.test(URL.parse(value)?.protocol ?? '') ? { kind: 'uri', uri: value } : { kind: 'bad' }
}
