import type { SettingsGroup } from './core-settings.ts'
import { settingFacts, type SettingFacts } from './setting-facts.ts'

/** One Markdown table for each group, for docs/settings.md. */
export function renderSettingsTable(groups: readonly SettingsGroup[]): string {
  return groups.map(renderGroup).join('\n')
}

function renderGroup({ title, when, schema }: SettingsGroup): string {
  const heading = `**${title}**${when ? ` (only with \`${when}\`)` : ''}`
  const rows = settingFacts(schema).map(renderRow)
  return [heading, '', '| Name | Meaning | Default |', '| --- | --- | --- |', ...rows, ''].join('\n')
}

function renderRow({ name, description, required, fallback, example, secret }: SettingFacts): string {
  const meaning = [description, secret && 'Secret.', example && `Example: \`${example}\``]
    .filter(Boolean)
    .join(' ')
  const standard = required ? '**required**' : fallback === undefined ? '' : `\`${fallback}\``
  return `| \`${name}\` | ${meaning.replaceAll('|', '\\|')} | ${standard} |`
}
