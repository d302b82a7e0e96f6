import type { FastifyReply, FastifyRequest } from 'fastify'
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
