import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Command } from 'commander'
import { AppError } from '../../shared/app-error.ts'
import { EXIT } from '../exit.ts'
import { print, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { agreed, type AgreementOptions } from './agreed.ts'
import { failureOf, tellFailure } from './failure.ts'
import { checkLogo, type BrokenRule, type CheckedLogo, type UncheckedRule } from './logo/check-logo.ts'
import type { LogoFile } from './logo/logo.ts'
import { RENDERER } from './logo/picture/draw.ts'
import { checkName } from './module-name.ts'
import { readModuleSettings } from './settings.ts'
import { withMarketplace } from './with-marketplace.ts'

interface Options extends AgreementOptions {
  name: string
  logo: string
}

const examples = `
Examples:
  wauth module brand --name "My CRM" --logo logo.svg
  wauth module brand --name "My CRM" --logo logo.svg --dry-run    only check

The logo: an SVG of at most 64 KiB, on a transparent or white background, without a margin, text turned into paths.
Background and margin are looked at by a renderer that you may install beside this command: npm install ${RENDERER}
This works only before Wazzup has published the module; after that, name and logo are changed by Wazzup.`

/** `wauth module brand`: gives the module its public name and its logo. */
export const brandCommand = () =>
  new Command('brand')
    .description('Give your module its public name and its logo, after checking both.')
    .requiredOption(
      '--name <name>',
      'in English: Latin letters, digits, hyphens and spaces, at most 50 characters',
    )
    .requiredOption('--logo <file>', 'an SVG file')
    .option('--dry-run', 'check and show, but send nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'the result as JSON')
    .addHelpText('after', examples)
    .action(action(brand))

async function brand(options: Options): Promise<void> {
  const { name: crmName, logo: path } = options
  const logo: LogoFile = { fileName: basename(path), bytes: await contentOf(path) }
  const { broken: ofLogo, notChecked } = await checkLogo(logo)
  const broken = [...checkName(crmName), ...ofLogo]
  if (broken.length > 0) {
    tellBroken({ broken, notChecked }, options)
    return
  }
  // The designer of the logo can try it without the keys of the module.
  const settings = options.dryRun ? null : readModuleSettings({ needsAddress: false })
  const question = 'Send this to Wazzup?'
  const told = [shown(settings?.apiUrl, crmName, logo), ...notCheckedLines(notChecked)].join('\n')
  if (!(await agreed(told, question, options)) || !settings) return
  const body = { crmName, logo: { name: logo.fileName, content: Buffer.from(logo.bytes).toString('base64') } }
  const outcome = await withMarketplace(settings, (marketplace) => marketplace.brand(body))
  if (outcome.kind === 'done') done({ crmName, logo: logo.fileName, notChecked }, options)
  else tellFailure(failureOf(outcome, usualReasons), options)
}

const usualReasons =
  'Mostly the module is published already: then ask the partner department of Wazzup to change it. If it is not registered yet, run: wauth module set'

/** Far above what the rules allow, and no device that never ends. */
const MOST_BYTES = 4 * 1024 * 1024

async function contentOf(path: string): Promise<Uint8Array> {
  try {
    return await buffer(createReadStream(path, { end: MOST_BYTES }))
  } catch (cause) {
    throw new AppError('The logo cannot be read', {
      code: 'logo_unreadable',
      hint: 'Check that the path of --logo names a file that you may read.',
      cause,
    })
  }
}

const shown = (apiUrl: URL | undefined, crmName: string, { fileName, bytes }: LogoFile) =>
  [
    `PATCH ${apiUrl ? new URL('/v3/marketplace', apiUrl).href : '/v3/marketplace'}`,
    `  crmName  ${crmName}`,
    `  logo     ${fileName} (${bytes.length} bytes, every rule that can be checked is kept)`,
    'Note: this works only before Wazzup has published the module.',
  ].join('\n')

/** One line for the rules that share a reason. */
function notCheckedLines(rules: readonly UncheckedRule[]): string[] {
  const [first] = rules
  if (!first) return []
  return [
    `? not checked: ${rules.map(({ rule }) => rule).join(', ')}, because ${first.why}\n  → ${first.mend}`,
  ]
}

function tellBroken({ broken, notChecked }: CheckedLogo, options: OutputOptions): void {
  if (options.json) print({ result: 'broken_rules', broken, notChecked }, options, String)
  else {
    const lines = [...broken.map(brokenLine), ...notCheckedLines(notChecked)]
    process.stderr.write(`Nothing was sent, because of this:\n${lines.join('\n')}\n`)
  }
  process.exitCode = EXIT.failed
}

const brokenLine = ({ problem, mend }: BrokenRule) => `✗ ${problem}\n  → ${mend}`

interface Sent {
  crmName: string
  logo: string
  notChecked: readonly UncheckedRule[]
}

function done(sent: Sent, options: OutputOptions): void {
  print({ result: 'done', ...sent }, options, ({ crmName }) =>
    [
      `\nThe module is now called «${crmName}» and has its logo.`,
      'Next: look at it in the marketplace of your own Wazzup account; then ask Wazzup to publish it.',
      'From then on name and logo can only be changed by Wazzup.',
    ].join('\n'),
  )
}
