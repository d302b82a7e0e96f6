/** More bytes came than were allowed. */
export class TooLarge extends Error {}

/**
 * Reads a body as UTF-8 text.
 * @throws TooLarge after `limit` bytes; the rest is not read
 */
export async function readAtMost(body: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) throw new TooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
