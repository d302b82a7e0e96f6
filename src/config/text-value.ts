import type { Problem } from './config-error.ts'
import type { EnvFileFindings } from './env-file.ts'

/** Where settings come from. `readFile` is called for `NAME_FILE` and throws when it cannot. */
export interface SettingsSource {
  env: Readonly<Record<string, string | undefined>>
  readFile: (path: string) => string
  /** What the `.env` file has shown, where there is one. */
  file?: EnvFileFindings
}

/** The name under which a setting may be given as a file. */
export const fileName = (name: string) => `${name}_FILE`

/**
 * The text of a setting, given as `NAME` or as `NAME_FILE`; undefined when neither is there or the text is empty. A problem where
 * a part of it was lost, or it cannot be read.
 */
export function textValue(
  name: string,
  { env, readFile, file }: SettingsSource,
): string | undefined | Problem {
  const cut = file?.cut.get(name) ?? file?.cut.get(fileName(name))
  if (cut) return cut
  const value = env[name]
  const path = env[fileName(name)]
  if (!path) return value || undefined
  if (value) {
    return { name, problem: `is given twice, also as ${fileName(name)}`, hint: 'Keep one of the two.' }
  }
  try {
    // Editors and `echo` end a file with a newline that is not part of the secret.
    return readFile(path).replace(/\r?\n$/, '') || undefined
  } catch {
    return {
      name,
      problem: `cannot be read from the file that ${fileName(name)} names`,
      hint: 'Check that the path exists, counted from the folder in which this is started, and that this user may read it.',
    }
  }
}
