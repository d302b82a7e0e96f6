const CHAT = { chatType: 'whatsapp', chatId: '79011112233' }

/** What a handler takes for Wazzup's trial: it comes with or without a key, and nothing follows from it. */
export const TRIALS: readonly string[] = [
  '{"test":true}',
  ' {"test": true}\n',
  '\uFEFF{"test":true}',
  '{"test":true,"timestamp":1}',
  '{"test":true,"messages":[]}',
  '{"test":"true"}',
  '{}',
  '',
  ' \n',
]

const odd = (kind: string, ...payloads: unknown[]) => payloads.map((payload) => ({ [kind]: payload }))
const unusable = [null, [], [null], {}, 'text', '', 7, true]

/** Bodies that are no webhook, or announce what is no contact and no deal; with a key that is good. */
export const ODD_BODIES: readonly string[] = [
  ...['{', 'no JSON', 'null', '[]', '[{"test":true}]', '"test"', '7'],
  '['.repeat(200_000),
  ...[
    ...odd('createContact', ...unusable),
    ...odd('createContact', ...unusable.map((contactData) => ({ name: 'Ann', contactData }))),
    ...odd('createContact', { contactData: [{ chatType: 'whatsapp' }] }),
    ...odd(
      'createContact',
      { contactData: [{ ...CHAT, chatId: {} }] },
      { contactData: [{ ...CHAT, chatId: '' }] },
    ),
    ...odd('createContact', { contactData: [{ chatType: ['a', 'b'], chatId: [] }] }),
    ...odd('createDeal', ...unusable),
    ...odd('createDeal', ...unusable.map((contacts) => ({ responsibleUserId: 'u', contacts }))),
    ...odd('createDeal', { contacts: ['c-1', null] }, { contacts: [{}] }, { contacts: ['c-1', ['a', 'b']] }),
  ].map((body) => JSON.stringify(body)),
]

/** Odd in a place that can be done without, or only in size: there is an entity to answer with. */
export const ODD_BUT_WHOLE: readonly string[] = [
  { createContact: { contactData: [CHAT] } },
  { createContact: { contactData: [CHAT], name: 'A'.repeat(900_000) } },
  {
    createContact: {
      contactData: Array.from({ length: 10_000 }, () => CHAT),
      name: 'Ann',
      extra: { a: [1] },
    },
  },
  { createDeal: { contacts: Array.from({ length: 50_000 }, (_, n) => `c-${n}`), pipelineId: null } },
].map((body) => JSON.stringify(body))

interface Answer {
  status: number
  json: Record<string, unknown>
}

/** Those of the bodies that are answered otherwise than 400, or by an entity. */
export async function answeredWrongly(bodies: readonly string[], send: (body: string) => Promise<Answer>) {
  const wrong: [body: string, status: number][] = []
  for (const body of bodies) {
    const { status, json } = await send(body)
    if (status !== 400 && !(status === 200 && typeof json['id'] === 'string'))
      wrong.push([body.slice(0, 100), status])
  }
  return wrong
}
