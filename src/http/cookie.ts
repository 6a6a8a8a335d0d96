import cookie from '@fastify/cookie'
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { SECOND } from '../domain/instant.ts'
import { SESSION_LIFETIME } from '../domain/session.ts'

export const SESSION_COOKIE = 'consent_relay_session'

/** Lets the routes of `api` read and set cookies; before the guard, which reads one. */
export const readCookies = async (api: FastifyInstance): Promise<void> => {
  await api.register(cookie)
}

export const sessionCookieOf = (request: FastifyRequest): string | undefined => request.cookies[SESSION_COOKIE]

/** Out of reach of scripts and of other sites' pages, and never sent in clear text when the service has TLS. */
const attributes = (publicUrl: string) =>
  ({ path: '/', httpOnly: true, sameSite: 'strict', secure: publicUrl.startsWith('https:') }) as const

type Kept = { readonly secret: string; readonly publicUrl: string }

export const keepSessionCookie = (reply: FastifyReply, { secret, publicUrl }: Kept): FastifyReply =>
  reply.setCookie(SESSION_COOKIE, secret, { ...attributes(publicUrl), maxAge: SESSION_LIFETIME / SECOND })

export const dropSessionCookie = (reply: FastifyReply, publicUrl: string): FastifyReply =>
  reply.clearCookie(SESSION_COOKIE, attributes(publicUrl))
