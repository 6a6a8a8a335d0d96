import cookie from '@fastify/cookie'
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { SECOND } from '../domain/instant.ts'
import { DEVICE_LIFETIME, SESSION_LIFETIME } from '../domain/session.ts'

export const SESSION_COOKIE = 'consent_relay_session'
const DEVICE_COOKIE = 'consent_relay_device'

/** Lets the routes of `api` read and set cookies; before the guard, which reads one. */
export const readCookies = async (api: FastifyInstance): Promise<void> => {
  await api.register(cookie)
}

export const sessionCookieOf = (request: FastifyRequest): string | undefined => request.cookies[SESSION_COOKIE]

export const deviceCookieOf = (request: FastifyRequest): string | undefined => request.cookies[DEVICE_COOKIE]

/** Out of reach of scripts and of other sites' pages, and never sent in clear text when the service has TLS. */
const attributes = (publicUrl: string) =>
  ({ path: '/', httpOnly: true, sameSite: 'strict', secure: publicUrl.startsWith('https:') }) as const

type Kept = { readonly secret: string; readonly device: string; readonly publicUrl: string }

/** The session, and the device, which outlives it: it opens nothing, but no guesses of others hold it up. */
export const keepCookies = (reply: FastifyReply, { secret, device, publicUrl }: Kept): FastifyReply =>
  reply
    .setCookie(SESSION_COOKIE, secret, { ...attributes(publicUrl), maxAge: SESSION_LIFETIME / SECOND })
    .setCookie(DEVICE_COOKIE, device, { ...attributes(publicUrl), maxAge: DEVICE_LIFETIME / SECOND })

export const dropSessionCookie = (reply: FastifyReply, publicUrl: string): FastifyReply =>
  reply.clearCookie(SESSION_COOKIE, attributes(publicUrl))
