import { readFileSync } from 'node:fs'

/** A file of the public pages, served as it is. */
export interface Asset {
  path: string
  type: string
  body: string
}

const TYPES = {
  'style.css': 'text/css; charset=utf-8',
  'confirm.js': 'text/javascript; charset=utf-8',
  'busy.js': 'text/javascript; charset=utf-8',
  'copy.js': 'text/javascript; charset=utf-8',
  'result.js': 'text/javascript; charset=utf-8',
  'upload.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

/** Everything the pages load, apart from the CRM's logo; read once, at start. */
export const assets: readonly Asset[] = Object.entries(TYPES).map(([name, type]) => ({
  path: `/wauth/assets/${name}`,
  type,
  body: readFileSync(new URL(name, import.meta.url), 'utf8'),
}))

/** For a page that can load nothing. */
export const pageStyle = readFileSync(new URL('style.css', import.meta.url), 'utf8')
