import type { FastifyReply, FastifyRequest } from 'fastify'
import type { UploadProgress } from '../../upload/progress.ts'
import { localeOf } from './locale-of.ts'
import type { Page } from './pages/model.ts'
import type { Pages } from './pages/pages.ts'

/** Sends a page in the person's language. */
export type WritePage = (request: FastifyRequest, reply: FastifyReply, page: Page) => FastifyReply

export const createPageWriter =
  (pages: Pages, secure: boolean): WritePage =>
  (request, reply, page) => {
    const locale = localeOf(request, secure)
    return reply.type('text/html; charset=utf-8').send(pages.render(page, locale))
  }

/** Whether a program asks, not a person. */
export const wantsJson = ({ headers: { accept } }: FastifyRequest) =>
  accept?.includes('application/json') === true && !accept.includes('text/html')

/** Sends one event with how far an upload has got, and when to ask again. */
export type WriteUpload = (
  request: FastifyRequest,
  reply: FastifyReply,
  progress: UploadProgress | null,
) => FastifyReply

/** Milliseconds after which a page asks again. */
const ASK_AGAIN = 1000

/**
 * A stream of events that holds one: the browser asks for the next by itself. So nothing is held open, by no proxy and
 * at no stop, and any replica can answer. 204 ends the asking.
 */
export const createUploadWriter =
  (pages: Pages, secure: boolean): WriteUpload =>
  (request, reply, progress) => {
    if (progress === null) return reply.code(204).send()
    const view = pages.upload(progress, localeOf(request, secure))
    // `ending`: under this name the release before reads the note, in pages that stay open over an update.
    const event = `retry: ${ASK_AGAIN}\ndata: ${JSON.stringify({ ...view, ending: view.note })}\n\n`
    return reply.code(200).type('text/event-stream; charset=utf-8').send(event)
  }

/** Whether the script of a page asks for events. */
export const wantsEvents = ({ headers: { accept } }: FastifyRequest) => accept === 'text/event-stream'
