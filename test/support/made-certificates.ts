import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { installed } from './installed.ts'
import { tempDir } from './temp-dir.ts'

/** Where this machine has OpenSSL's command. */
export const openssl: string | undefined = installed('openssl')

const run = promisify(execFile)

/** How a certificate is to be wrong, or not. */
interface Wanted {
  san?: string
  /** One more extension, as OpenSSL writes it. */
  extension?: string
  from?: string
  until?: string
  /** By whom it is signed. */
  by?: 'root' | 'intermediate'
}

const config = (folder: string) => `
[ca]
default_ca = own
[own]
database = ${folder}/index.txt
new_certs_dir = ${folder}
serial = ${folder}/serial
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[req]
distinguished_name = name
[name]
`

/** An authority with an intermediate one, made by OpenSSL, which signs as a test wants. Paths of files in PEM. */
export async function madeAuthority() {
  const folder = await tempDir()
  const file = (name: string) => join(folder.path, name)
  await mkdir(folder.path, { recursive: true })
  await writeFile(file('ca.cnf'), config(folder.path))
  await writeFile(file('index.txt'), '')
  await writeFile(file('serial'), '1000')
  const ssl = (...args: string[]) => run(openssl ?? '', args, { cwd: folder.path })
  const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const key = (name: string) => ['-keyout', file(`${name}.key`)]
  await ssl('req', '-x509', ...KEY, ...key('root'), '-out', file('root.pem'), '-days', '3', '-subj', '/CN=Test root',
    '-config', file('ca.cnf'), '-extensions', 'authority') // prettier-ignore

  const sign = async (
    name: string,
    { san, extension, from, until, by = 'root' }: Wanted,
    more: string[] = [],
  ) => {
    const extensions = [
      ...(san === undefined ? [] : [`subjectAltName=${san}`]),
      ...(extension === undefined ? [] : [extension]),
    ]
    await ssl('req', '-new', ...KEY, ...key(name), '-out', file(`${name}.csr`), '-subj', `/CN=${name}`,
      '-config', file('ca.cnf'), ...extensions.flatMap((one) => ['-addext', one])) // prettier-ignore
    const dates = from ? ['-startdate', from, '-enddate', until ?? ''] : ['-days', '2']
    await ssl('ca', '-batch', '-notext', '-config', file('ca.cnf'), '-cert', file(`${by}.pem`), '-keyfile', file(`${by}.key`),
      '-in', file(`${name}.csr`), '-out', file(`${name}.pem`), ...dates, ...more) // prettier-ignore
    return { cert: file(`${name}.pem`), key: file(`${name}.key`) }
  }
  await sign('intermediate', {}, ['-extensions', 'authority'])
  return {
    root: file('root.pem'),
    /** Signed by the authority, or by the intermediate one. */
    sign,
    /** The same file with more certificates behind it. */
    async chained(one: { cert: string; key: string }, name: string) {
      const parts = [one.cert, file('intermediate.pem')].map((path) => readFile(path, 'utf8'))
      await writeFile(file(name), (await Promise.all(parts)).join('\n'))
      return { cert: file(name), key: one.key }
    },
    async selfSigned(name: string, san: string) {
      await ssl('req', '-x509', ...KEY, ...key(name), '-out', file(`${name}.pem`), '-days', '2', '-subj', `/CN=${name}`,
        '-config', file('ca.cnf'), '-addext', `subjectAltName=${san}`) // prettier-ignore
      return { cert: file(`${name}.pem`), key: file(`${name}.key`) }
    },
    remove: () => folder.remove(),
  }
}
