import type { FastifyReply, FastifyRequest } from 'fastify'
import { localeOf } from './locale-cookie.ts'
import type { Page } from './pages/model.ts'
import type { Pages } from './pages/pages.ts'

/** Sends a page in the person's language. */
export type WritePage = (request: FastifyRequest, reply: FastifyReply, page: Page) => FastifyReply

export const createPageWriter =
  (pages: Pages, publicUrl: URL): WritePage =>
  (request, reply, page) => {
    const locale = localeOf(request, reply, publicUrl.protocol === 'https:')
    return reply.type('text/html; charset=utf-8').send(pages.render(page, locale))
  }

/** Whether a program asks, not a person. */
export const wantsJson = ({ headers: { accept } }: FastifyRequest) =>
  accept?.includes('application/json') === true && !accept.includes('text/html')
