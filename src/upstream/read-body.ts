import { Duplex, PassThrough, pipeline, Transform, type Readable } from 'node:stream'
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'
import { decoderFor, type TextReader } from './charset.ts'

/** More bytes came than were allowed. */
export class TooLarge extends Error {}

/** It is packed in a way that is not known, or damaged, or no text of the character set that it names. */
export class Undecodable extends Error {}

export interface BodyTerms {
  headers: Record<string, string | string[] | undefined>
  /** Bytes, packed and unpacked. */
  limit: number
  /** The character set of what says nothing else, in place of the one that `content-type` names. */
  charset?: string
}

/** RFC 9110, 8.4.1; `zstd`: RFC 8878. */
const DECODERS: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
  deflate: () => Duplex.from(inflated),
  zstd: createZstdDecompress,
}

/** Some leave out the wrapper of `deflate`, whose first four bits are always the same (RFC 9110, 8.4.1.2; RFC 1950, 2.2). */
async function* inflated(packed: AsyncIterable<Uint8Array>) {
  const chunks = packed[Symbol.asyncIterator]()
  const first = await chunks.next()
  if (first.done) return
  const { value } = first
  const decoder = ((value[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw()
  async function* all() {
    yield value
    yield* { [Symbol.asyncIterator]: () => chunks }
  }
  pipeline(all, decoder, () => undefined)
  yield* decoder
}

/** More than anybody has a reason for: each may make a thousand bytes of one. */
const MOST_CODINGS = 2

/** A body that comes piece by piece, and becomes a text. */
export interface BodyText {
  /** @throws TooLarge, Undecodable as soon as it shows; nothing more is to be written then */
  write(chunk: Uint8Array): void
  /** Once all has come. @throws TooLarge, Undecodable never is half a text returned */
  end(): string | Promise<string>
  /** No more will come. */
  drop(): void
}

/**
 * Makes a text of a body, unpacked and decoded as its headers and its first bytes say. What has come is decoded at once: bytes
 * that wait for the last of them lie outside of the heap, where nobody collects them in time.
 * @throws Undecodable when its headers say that it cannot be read
 */
export function createBodyText({ headers, limit, charset }: BodyTerms): BodyText {
  const codings = codingsOf(headers['content-encoding'])
  if (codings === null) throw new Undecodable('The body is packed in a way that is not known')
  const reader = readerOf(charset ?? charsetIn(headers['content-type']))
  const way: Unpacking = codings.length === 0 ? reader : unpacking(codings, limit, reader)
  let size = 0
  return {
    write(chunk) {
      size += chunk.length
      if (size > limit) throw new TooLarge()
      try {
        way.write(chunk)
      } catch (error) {
        throw explained(error)
      }
    },
    async end() {
      try {
        return await way.end()
      } catch (error) {
        // Some send no body at all, and name its coding.
        if (size === 0 && isOfDecoder(error)) return ''
        throw explained(error)
      }
    },
    drop: () => way.drop?.(),
  }
}

const explained = (error: unknown) =>
  isOfDecoder(error) ? new Undecodable('The body is not what its headers say', { cause: error }) : error

/** Reads the body of a stream as text. @throws TooLarge after `limit` bytes; the rest is not read. @throws Undecodable */
export async function readBody(body: Readable, terms: BodyTerms): Promise<string> {
  try {
    const text = createBodyText(terms)
    for await (const chunk of body as AsyncIterable<Uint8Array>) text.write(chunk)
    return await text.end()
  } finally {
    body.on('error', () => undefined).destroy()
  }
}

interface Unpacking {
  write(chunk: Uint8Array): void
  end(): string | Promise<string>
  drop?: () => void
}

/** What is wrong shows at the next piece, or at the end. */
function unpacking(codings: readonly (() => Duplex)[], limit: number, reader: TextReader): Unpacking {
  const packed = new PassThrough()
  const last = atMost(limit)
  // The errors of all stages come out of the last of them.
  pipeline([packed, ...codings.flatMap((make) => [atMost(limit), make()]), last], () => undefined)
  let wrong: { error: unknown } | null = null
  const through = pour(last, reader)
  through.catch((error: unknown) => {
    wrong = { error }
  })
  return {
    write(chunk) {
      if (wrong) throw wrong.error
      packed.write(chunk)
    },
    async end() {
      packed.end()
      await through
      return reader.end()
    },
    drop: () => packed.destroy(),
  }
}

async function pour(from: AsyncIterable<Uint8Array>, reader: TextReader) {
  for await (const chunk of from) reader.write(chunk)
}

/** In the order in which they are to be undone; null when that is not known. */
function codingsOf(header: string | string[] | undefined) {
  const names = [header ?? []].flat().join().toLowerCase().split(',')
  const codings = names.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity')
  const known = codings.flatMap((name) => (Object.hasOwn(DECODERS, name) ? (DECODERS[name] ?? []) : []))
  return known.length < codings.length || known.length > MOST_CODINGS ? null : known.toReversed()
}

function atMost(limit: number): Transform {
  let size = 0
  return new Transform({
    transform(chunk: Uint8Array, _, done) {
      size += chunk.length
      if (size > limit) done(new TooLarge())
      else done(null, chunk)
    },
  })
}

/** `charset` of a content type; null when it names none. */
const charsetIn = (header: string | string[] | undefined): string | null =>
  /;\s*charset\s*=\s*["']?([^\s"';,]+)/i.exec([header ?? []].flat().join())?.[1] ?? null

/** The longest mark that says what a text is written in. */
const TELLING = 4

/** A reader that finds out by the first bytes what it reads. */
function readerOf(charset: string | null): TextReader {
  let reader: TextReader | null = null
  let first: Uint8Array = new Uint8Array()
  const begin = () => {
    reader = decoderFor(first, charset)
    reader.write(first)
    return reader
  }
  return {
    write(chunk) {
      if (reader) {
        reader.write(chunk)
        return
      }
      first = Buffer.concat([first, chunk])
      if (first.length >= TELLING) begin()
    },
    // No bytes are an empty text in every character set, and most answers to a change have none.
    end: () => (reader === null && first.length === 0 ? '' : (reader ?? begin()).end()),
  }
}

/** Words of zlib, Brotli, Zstandard and `TextDecoder`; those of the network are others. */
const OF_DECODERS = /^(Z_|ERR__ERROR_|ZSTD_|ERR_ENCODING_)/

const isOfDecoder = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && OF_DECODERS.test(error.code)
