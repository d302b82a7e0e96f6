import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { installed } from './installed.ts'
import { tempDir } from './temp-dir.ts'

/** Where this machine has a Firefox; it comes with no package of npm. */
export const firefox: string | undefined = installed('firefox', 'firefox-esr')

/** Without a page of its own, and without a way to anything but this machine. */
const prefs = (dark: boolean) => ({
  'ui.systemUsesDarkTheme': dark ? 1 : 0,
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
})

export interface Shot {
  url: string
  dark: boolean
  width: number
  height: number
}

/** A picture (PNG) of a page as Firefox paints it. */
export async function shootWithFirefox(command: string, { url, dark, width, height }: Shot): Promise<Buffer> {
  const profile = await tempDir()
  try {
    const lines = Object.entries(prefs(dark)).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    )
    await writeFile(join(profile.path, 'user.js'), lines.join('\n'))
    const png = join(profile.path, 'page.png')
    const size = `--window-size=${width},${height}`
    const browser = spawn(
      command,
      ['--headless', '--no-remote', '--profile', profile.path, '--screenshot', png, size, url],
      { stdio: 'ignore', env: { ...process.env, HOME: profile.path } },
    )
    await once(browser, 'exit')
    return await readFile(png)
  } finally {
    await profile.remove()
  }
}
