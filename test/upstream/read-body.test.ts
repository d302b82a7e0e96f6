import { Readable } from 'node:stream'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readBody, TooLarge, Undecodable } from '../../src/upstream/read-body.ts'

const TEXT = '{"name":"Анна é€😀","next":null}'
const BYTES = Buffer.from(TEXT)

/** The bytes come in pieces of so many. */
function read(bytes: Uint8Array, headers: Record<string, string> = {}, { piece = 3, limit = 10_000 } = {}) {
  const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, n) =>
    Buffer.from(bytes.subarray(n * piece, (n + 1) * piece)),
  )
  return readBody(Readable.from(pieces), { headers, limit })
}

const packed = (coding: string) => ({ 'content-encoding': coding })
const typed = (charset: string) => ({ 'content-type': `application/json; charset=${charset}` })

describe('a packed body', () => {
  test.each<[string, Uint8Array]>([
    ['gzip', gzipSync(BYTES)],
    ['X-GZIP', gzipSync(BYTES)],
    ['br', brotliCompressSync(BYTES)],
    ['deflate', deflateSync(BYTES)],
    ['Deflate', deflateRawSync(BYTES)],
    ['zstd', zstdCompressSync(BYTES)],
    ['identity', BYTES],
    ['br, gzip', gzipSync(brotliCompressSync(BYTES))],
    ['gzip, identity', gzipSync(BYTES)],
  ])('is unpacked: %s', async (coding, bytes) => {
    expect(await read(bytes, packed(coding))).toBe(TEXT)
  })

  test.each<[string, string, Uint8Array]>([
    ['cut off', 'gzip', gzipSync(BYTES).subarray(0, -9)],
    ['cut off', 'br', brotliCompressSync(BYTES).subarray(0, -3)],
    ['cut off', 'zstd', zstdCompressSync(BYTES).subarray(0, -3)],
    ['cut off', 'deflate', deflateRawSync(BYTES).subarray(0, -3)],
    ['not packed at all', 'gzip', BYTES],
    ['not packed at all', 'br', BYTES],
    ['packed otherwise', 'gzip', brotliCompressSync(BYTES)],
    ['packed in a way that is not known', 'compress', BYTES],
    ['packed too often', 'gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(BYTES)))],
  ])('that is %s is refused whole: %s', async (_, coding, bytes) => {
    await expect(read(bytes, packed(coding))).rejects.toBeInstanceOf(Undecodable)
  })

  test('of nothing is nothing', async () => {
    expect(await read(Buffer.alloc(0), packed('gzip'))).toBe('')
  })

  test('counts unpacked: a few bytes may not become any number', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000, 0x20))
    await expect(read(bomb, packed('gzip'))).rejects.toBeInstanceOf(TooLarge)
    await expect(read(gzipSync(bomb), packed('gzip, gzip'))).rejects.toBeInstanceOf(TooLarge)
    const raw = deflateRawSync(Buffer.alloc(5_000_000, 0x20))
    await expect(read(raw, packed('deflate'))).rejects.toBeInstanceOf(TooLarge)
  })

  test('with any byte changed gives the same text, or none', async () => {
    const whole = gzipSync(BYTES)
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const spoiled = Buffer.from(whole)
        spoiled[at] = (spoiled[at] ?? 0) ^ change
        const text = await read(spoiled, packed('gzip')).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Undecodable)
        })
        expect([TEXT, undefined]).toContain(text)
      }),
      { numRuns: 60 },
    )
  })
})

describe('a text', () => {
  const swapped = Buffer.from(TEXT, 'utf16le').swap16()

  test.each<[string, Uint8Array, Record<string, string>]>([
    ['without a word', BYTES, {}],
    ['with a byte order mark', Buffer.from(`\uFEFF${TEXT}`), {}],
    ['in UTF-16, as JSON shows', Buffer.from(TEXT, 'utf16le'), {}],
    ['in UTF-16 with the other byte first', swapped, {}],
    [
      'in UTF-16 with its mark, though it says UTF-8',
      Buffer.from(`\uFEFF${TEXT}`, 'utf16le'),
      typed('utf-8'),
    ],
    ['in UTF-8, though it says Latin-1', BYTES, typed('ISO-8859-1')],
    ['in UTF-8, said in quotes', BYTES, typed('"UTF8"')],
    [
      'in UTF-8, said in a way that Wazzup writes',
      BYTES,
      { 'content-type': 'application/json; charset-utf-8' },
    ],
  ])('%s is read', async (_, bytes, headers) => {
    for (const piece of [1, 3, 1000]) expect(await read(bytes, headers, { piece })).toBe(TEXT)
  })

  test.each([
    ['iso-8859-1', [0x7b, 0x22, 0xe9, 0x22, 0x7d], '{"é"}'],
    ['windows-1251', [0x7b, 0x22, 0xcf, 0xf0, 0x22, 0x7d], '{"Пр"}'],
    ['koi8-r', [0x7b, 0x22, 0xf0, 0xd2, 0x22, 0x7d], '{"Пр"}'],
    ['gbk', [0x7b, 0x22, 0xc4, 0xe3, 0x22, 0x7d], '{"你"}'],
  ])('in %s is read as it says', async (charset, bytes, text) => {
    for (const piece of [1, 100]) expect(await read(Buffer.from(bytes), typed(charset), { piece })).toBe(text)
  })

  test.each(['utf-8', 'utf-16le', 'iso-8859-1', 'x-nothing'])(
    'no bytes are an empty text in %s',
    async (charset) => {
      expect(await read(Buffer.alloc(0), typed(charset))).toBe('')
    },
  )

  test.each<[string, Uint8Array, Record<string, string>]>([
    ['Latin-1 that does not say so', Buffer.from('{"é"}', 'latin1'), {}],
    ['Latin-1 that says UTF-8', Buffer.from('{"é"}', 'latin1'), typed('utf-8')],
    ['a character cut in two', BYTES.subarray(0, 12), {}],
    ['half a pair of UTF-16', Buffer.from('{"\ud83d"}', 'utf16le'), {}],
    ['UTF-32', Buffer.from([0x7b, 0, 0, 0, 0x7d, 0, 0, 0]), {}],
    ['half a character of GBK', Buffer.from([0x7b, 0x22, 0xc4]), typed('gbk')],
    ['a character set that nobody knows', BYTES, typed('x-nothing')],
  ])('%s is refused whole', async (_, bytes, headers) => {
    await expect(read(bytes, headers)).rejects.toBeInstanceOf(Undecodable)
  })
})

test('what the network says is not taken for damage', async () => {
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' })
  const body = Readable.from(
    (function* () {
      yield gzipSync(BYTES).subarray(0, 10)
      throw reset
    })(),
  )
  await expect(readBody(body, { headers: packed('gzip'), limit: 100 })).rejects.toBe(reset)
})
