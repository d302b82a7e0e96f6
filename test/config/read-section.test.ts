import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readSection } from '../../src/config/read-section.ts'

const schema = z
  .object({
    NAME: z.string().meta({ description: 'Who it is.', example: 'Ann' }),
    TOKEN: z.string().min(4).optional().meta({ description: 'What only we know.', secret: true }),
    SIZE: z.enum(['small', 'large']).prefault('small').meta({ description: 'How big.' }),
  })
  .refine(({ NAME, TOKEN }) => NAME !== TOKEN, { path: ['TOKEN'], error: 'is the name' })

const files: Record<string, string> = {
  '/run/token': 'from-file\n',
  '/run/two-lines': 'one\n\n',
  '/run/empty': '\n',
}

function read(env: Record<string, string>) {
  return readSection(schema, {
    env,
    readFile: (path) => files[path] ?? expect.unreachable(`${path} is not there`),
  })
}

describe('a value', () => {
  test('comes from NAME', () => {
    expect(read({ NAME: 'Ann', SIZE: 'large' }).complete).toEqual({ NAME: 'Ann', SIZE: 'large' })
  })

  test('comes from the file that NAME_FILE names, without its last newline', () => {
    expect(read({ NAME: 'Ann', TOKEN_FILE: '/run/token' }).complete?.TOKEN).toBe('from-file')
  })

  test('loses one newline only', () => {
    expect(read({ NAME: 'Ann', TOKEN_FILE: '/run/two-lines' }).complete?.TOKEN).toBe('one\n')
  })

  test.each([{ TOKEN: '' }, { TOKEN_FILE: '' }, { TOKEN_FILE: '/run/empty' }])(
    'counts as not set in %o',
    (env) => {
      expect(read({ NAME: 'Ann', ...env }).complete).toEqual({ NAME: 'Ann', SIZE: 'small' })
    },
  )
})

describe('a problem', () => {
  const only = (env: Record<string, string>) => {
    const { problems, complete } = read(env)
    expect(complete).toBeNull()
    return problems
  }

  test('is a missing value, with what belongs there', () => {
    expect(only({})).toEqual([{ name: 'NAME', problem: 'is missing', hint: 'Who it is. Example: Ann' }])
  })

  test('is a value given twice', () => {
    expect(only({ NAME: 'Ann', TOKEN: 'abcd', TOKEN_FILE: '/run/token' })).toMatchObject([
      { name: 'TOKEN', problem: 'is given twice, also as TOKEN_FILE' },
    ])
  })

  test('is a file that cannot be read, without its path: somebody may have put the secret there', () => {
    const [problem] = only({ NAME: 'Ann', TOKEN_FILE: 'canary' })
    expect(problem).toMatchObject({ name: 'TOKEN', problem: expect.stringContaining('TOKEN_FILE') as string })
    expect(JSON.stringify(problem)).not.toContain('canary')
  })

  test('is a broken rule between fields', () => {
    expect(only({ NAME: 'same', TOKEN: 'same' })).toMatchObject([{ name: 'TOKEN', problem: 'is the name' }])
  })

  test('does not hide another one, nor the values that are good', () => {
    const { problems, partial } = read({ TOKEN: 'abc', SIZE: 'large' })
    expect(problems.map(({ name }) => name)).toEqual(['NAME', 'TOKEN'])
    expect(partial).toEqual({ SIZE: 'large' })
  })
})
