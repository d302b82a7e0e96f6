export type Fields = Record<string, unknown> & { id: string }

/** A row that no tidy CRM exports, made of a good one; what of it has to be at Wazzup, if anything has, and what is told of it. */
export interface Odd {
  exported: unknown
  kept: object | null
  told: string[]
}

export type Make = (good: Fields) => Odd

/** With other values in some fields, and what has to become of them. */
export const sent =
  (fields: object, kept: object = fields, ...told: string[]): Make =>
  (good) => ({ exported: { ...good, ...fields }, kept: { ...good, ...kept }, told })

export const rejected =
  (reason: string, fields: object): Make =>
  (good) => ({ exported: { ...good, ...fields }, kept: null, told: [reason] })

const FAMILY = '👨‍👩‍👧‍👦'
const MARKS = '\u0301'.repeat(400)

/** Names, and what is left of them in so many characters. */
export const names = (longest: number): Make[] =>
  [
    ['Ann\ud83d', 'Ann'] as const,
    ['\ude00Ann', 'Ann'] as const,
    ['A\u0000nn', 'A nn'] as const,
    ['Ann\r\nLee\u0085', 'Ann Lee'] as const,
    ['\u202eLee\u202c \u200fAnn', '\u202eLee\u202c \u200fAnn'] as const,
    [FAMILY.repeat(30), FAMILY.repeat(Math.floor(longest / FAMILY.length))] as const,
    [`z${MARKS}`, `z${MARKS.slice(0, longest - 1)}`] as const,
    [`${'x'.repeat(longest - 1)}😀`, 'x'.repeat(longest - 1)] as const,
    [`${'x'.repeat(longest - 1)}🇩🇪`, 'x'.repeat(longest - 1)] as const,
    ['  Ann\u00a0', 'Ann'] as const,
  ].map(([given, kept]) => sent({ name: given }, { name: kept }))

export const nameless = ['\ud83d', ' \t\u0000', '', 7, null, { first: 'Ann' }].map((name) =>
  rejected('name_missing', { name }),
)

const LONG = `https://crm.example/${'x'.repeat(181)}`

const BAD_LINKS = [
  ...['ftp://crm.example/1', 'javascript:alert(1)', 'data:text/html,x', 'crm://1', '//crm.example/1', LONG],
  ...['https://ann:secret@crm.example/1', 'https://crm.example/a b', 'https://crm.example/\n1', 'https://'],
  ...['https://crm.example:99999/', 'https://crm.example/\u200b1', '\\\\crm\\1', 7, { href: '/1' }],
]

/** Links that leave as the URL parser writes them. */
const LINKS: readonly (readonly [given: string, kept: string])[] = [
  ['HTTPS://CRM.Example:443/a/../b', 'https://crm.example/b'],
  ['https://crm.example/клиент', 'https://crm.example/%D0%BA%D0%BB%D0%B8%D0%B5%D0%BD%D1%82'],
  ['https://пример.рф/1', 'https://xn--e1afmkfd.xn--p1ai/1'],
  ['http://crm.example', 'http://crm.example/'],
]

export const linked: Make[] = [
  ...LINKS.map(([given, kept]) => sent({ uri: given }, { uri: kept })),
  ...BAD_LINKS.map((uri) => sent({ uri }, { uri: undefined }, 'uri_left_out')),
]

/** Before what is told of a row without a name. */
export const NOBODY = 'nobody: '

export const IDS: Make[] = [
  (good) => ({
    exported: { ...good, id: Number(good.id.replace(/\D/g, '')) },
    kept: numbered(good),
    told: [],
  }),
  ...[null, 7, 'text', [], [{}]].map(
    (exported): Make =>
      () =>
        untold(exported, 'not_an_object'),
  ),
  ...[undefined, null, ''].map(
    (id): Make =>
      (good) =>
        untold({ ...good, id }, 'id_missing'),
  ),
  ...['a\u0000b', 'a\ud83d', 'x'.repeat(65), 1e20, 0.5, {}, true].map(
    (id): Make =>
      (good) =>
        untold({ ...good, id }, 'id_not_usable'),
  ),
]

const numbered = (good: Fields) => ({ ...good, id: String(Number(good.id.replace(/\D/g, ''))) })
const untold = (exported: unknown, reason: string): Odd => ({
  exported,
  kept: null,
  told: [NOBODY + reason],
})
