import type { FastifyReply } from 'fastify'
import { pageHeaders, pageMarkup, type SandboxPage } from './page.ts'

/** Answers with a whole page; give the status to `reply` beforehand. */
export const sendPage = (reply: FastifyReply, page: SandboxPage) =>
  reply.headers(pageHeaders(page)).send(pageMarkup(page))
