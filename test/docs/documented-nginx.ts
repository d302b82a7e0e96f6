import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startNginx } from '../support/nginx.ts'
import { LOCALHOST } from '../support/tls-proxy.ts'
import { blockWith } from './blocks.ts'

/** Replaces what a reader has to replace; what is not there any more is an error. */
export const replaced = (block: string, values: Record<string, string>) =>
  Object.entries(values).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the documents no longer have «${from}»`)
    return text.replaceAll(from, to)
  }, block)

/** nginx as the documents set it up before a connector that listens at `target`. */
export async function startDocumentedNginx(target: string) {
  const nginx = await startNginx((port, own) =>
    replaced(blockWith('docs/install.md', 'listen 443'), {
      'listen 443 ssl;': `listen 127.0.0.1:${port} ssl;`,
      '/etc/letsencrypt/live/wauth.your-crm.example/fullchain.pem': LOCALHOST.cert,
      '/etc/letsencrypt/live/wauth.your-crm.example/privkey.pem': LOCALHOST.key,
      'wauth.your-crm.example': 'localhost',
      '/var/log/nginx': own,
      '127.0.0.1:3000': new URL(target).host,
    }),
  )
  const accessLog = () => readFile(join(nginx.folder, 'wauth.log'), 'utf8')
  return { url: `https://localhost:${nginx.port}`, accessLog, stop: () => nginx.stop() }
}
