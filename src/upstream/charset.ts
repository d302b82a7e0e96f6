/** Makes a text of bytes, bit by bit. Throws what `TextDecoder` throws at bytes that are none of its character set. */
export interface TextReader {
  write(bytes: Uint8Array): void
  end(): string
}

/**
 * The reader of a body that begins with these bytes. A byte order mark says what it is; so does JSON, which begins with two
 * characters of ASCII (RFC 4627, 3). Else `charset` does, and UTF-8 without one (RFC 8259, 8.1).
 */
export function decoderFor(first: Uint8Array, charset: string | null): TextReader {
  const label = markedAs(first) ?? charset ?? 'utf-8'
  const named = reader(label)
  return SINGLE_BYTE.test(named.encoding) ? utf8Or(named) : named
}

/**
 * In these every byte is some character. Frameworks name them by default, whatever they send, and a text of theirs that
 * happens to be good UTF-8 is next to impossible.
 */
const SINGLE_BYTE = /^(iso-8859-|windows-|koi8-|ibm|macintosh|x-mac-)/

/** UTF-32 is no set of `TextDecoder`, and so refused: its marks begin as those of UTF-16 do. */
const MARKS: readonly [label: string, isIt: (bytes: readonly number[]) => boolean][] = [
  ['utf-8', ([a, b, c]) => a === 0xef && b === 0xbb && c === 0xbf],
  ['utf-32le', ([a, b, c, d]) => (a === 0xff ? b === 0xfe : a !== 0 && b === 0) && c === 0 && d === 0],
  ['utf-32be', ([a, b]) => a === 0 && b === 0],
  ['utf-16le', ([a, b]) => (a === 0xff && b === 0xfe) || (a !== 0 && b === 0)],
  ['utf-16be', ([a, b]) => (a === 0xfe && b === 0xff) || (a === 0 && b !== undefined)],
]

const markedAs = (first: Uint8Array): string | undefined =>
  MARKS.find(([, isIt]) => isIt([...first.subarray(0, 4)]))?.[0]

function reader(label: string): TextReader & { encoding: string } {
  const decoder = new TextDecoder(label, { fatal: true })
  let text = ''
  return {
    encoding: decoder.encoding,
    write(bytes) {
      text += decoder.decode(bytes, { stream: true })
    },
    end: () => text + decoder.decode(),
  }
}

function utf8Or(other: TextReader): TextReader {
  let utf8: TextReader | null = reader('utf-8')
  return {
    write(bytes) {
      other.write(bytes)
      try {
        utf8?.write(bytes)
      } catch {
        utf8 = null
      }
    },
    end() {
      try {
        return utf8?.end() ?? other.end()
      } catch {
        return other.end()
      }
    },
  }
}
