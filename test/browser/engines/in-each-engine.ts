import { beforeAll, describe, onTestFinished } from 'vitest'
import { firefox } from '../../support/engines/firefox.ts'
import type { Engine, EngineBrowser, LaunchOptions, Tab } from '../../support/engines/tab.ts'
import { webkit } from '../../support/engines/webkit.ts'
import { DESKTOP } from '../open-tab.ts'

const LEFT_OUT = '(left out: this machine has none, see .ci/run)'

/** For a title: the engine, and that it is not here where it is not. */
export const titleOf = ({ name, here }: Engine): string => (here ? name : `${name} ${LEFT_OUT}`)

export const ENGINES: readonly Engine[] = [firefox, webkit]

/** A block of tests for each engine that this machine has. */
export function inEachEngine(tests: (engine: Engine) => void): void {
  for (const engine of ENGINES) {
    // On a busy machine their drivers lose a press or a page now and then.
    describe.skipIf(!engine.here)(`in ${titleOf(engine)}`, { retry: 2 }, () => {
      tests(engine)
    })
  }
}

/** A browser for all tests of a block, and how to open a tab in it, which closes with the test. */
export function browserFor(engine: Engine, options: LaunchOptions = {}): () => Promise<Tab> {
  let browser: EngineBrowser
  beforeAll(async () => {
    browser = await engine.launch(options)
    return () => browser.close()
  })
  return async () => {
    const tab = await browser.openTab()
    onTestFinished(() => tab.close())
    await tab.resize(DESKTOP.width, DESKTOP.height)
    return tab
  }
}
