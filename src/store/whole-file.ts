import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorFields } from '../observability/error-fields.ts'
import { AppError } from '../shared/app-error.ts'

/**
 * Makes a file that is whole when it has its name, that only this user may read from its first byte on, and that never takes the
 * place of another one. A kill leaves `<file>.unfinished-…` at the most. `write` fills the unfinished one.
 * @throws AppError
 */
export async function wholeFile<T>(file: string, write: (unfinished: string) => Promise<T>): Promise<T> {
  if (existsSync(file)) throw inTheWay()
  const unfinished = `${file}.unfinished-${randomBytes(4).toString('hex')}`
  await openNew(unfinished)
  try {
    const written = await write(unfinished)
    toDisk(unfinished)
    nameOnce(unfinished, file)
    toDisk(dirname(file))
    return written
  } finally {
    // Its second name by now, or what a failure left.
    for (const left of [unfinished, `${unfinished}-journal`]) rmSync(left, { force: true })
  }
}

/** Makes a file with nothing in it, for this user alone. */
export async function openNew(file: string): Promise<void> {
  try {
    await (await open(file, 'wx', 0o600)).close()
  } catch (cause) {
    throw new AppError(`There is no file to be made here: ${errorFields(cause).code ?? 'unknown'}`, {
      code: 'backup_cannot_write',
      hint: 'Name a file in a folder that is there, that this user may write to, and whose disk has room.',
      cause,
    })
  }
}

/** Waits until a file or a folder is on the disk: until then a power cut may take its bytes, or its name. */
export function toDisk(path: string): void {
  // Windows opens no folder.
  if (process.platform === 'win32') return
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** What a file system without links says. */
const NO_LINKS = /^(EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS|EMLINK)$/

/** Also where another process has made the file meanwhile, it is not replaced: a link never does. */
function nameOnce(from: string, to: string) {
  try {
    linkSync(from, to)
  } catch (error) {
    const code = errorFields(error).code ?? ''
    if (code === 'EEXIST' || existsSync(to)) throw inTheWay()
    if (!NO_LINKS.test(code)) throw error
    renameSync(from, to)
  }
}

/** The same for a second name of a file that stays where it is; false where the file system knows no links. */
export function hasSecondName(of: string, name: string): boolean {
  try {
    linkSync(of, name)
    return true
  } catch (error) {
    if (!NO_LINKS.test(errorFields(error).code ?? '')) throw error
    return false
  }
}

const inTheWay = () =>
  new AppError('There is a file of this name already', {
    code: 'backup_file_exists',
    hint: 'A copy never replaces a file: name another one, with the date in it perhaps.',
  })
