import { StringDecoder } from 'node:string_decoder'

/** More bytes came than were allowed. */
export class TooLarge extends Error {}

/**
 * Reads a body as UTF-8 text. What has come is decoded at once: bytes that wait for the last of them lie outside of the
 * heap, where nobody collects them in time.
 * @throws TooLarge after `limit` bytes; the rest is not read
 */
export async function readAtMost(body: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const decoder = new StringDecoder('utf8')
  let text = ''
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) throw new TooLarge()
    text += decoder.write(chunk)
  }
  return text + decoder.end()
}
