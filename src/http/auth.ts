import { timingSafeEqual } from 'node:crypto'
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { Problem } from '../domain/problem.ts'
import { reaches, type Role } from '../domain/role.ts'
import { isProvedLately } from '../domain/session.ts'
import { findLiveSession, type LiveSession, type SessionDeps } from '../pipeline/access/sessions.ts'
import { authenticate } from '../pipeline/access/tokens.ts'
import { sessionCookieOf } from './cookie.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least role that may use the route, or that anybody may; every route of the API declares one. */
    role?: Role | 'public'
    /** A session may use the route only for some minutes after its person proved to be the one. */
    proof?: true
  }
  interface FastifyRequest {
    /** The name of the API token, or the address of the account. */
    actor: string
    /** What the caller may do; undefined for a stranger, who comes to public routes only. */
    role: Role | undefined
    /** Of a caller who is signed in, and did not send an API token. */
    session: LiveSession | undefined
  }
}

type Caller = { readonly actor: string; readonly role: Role; readonly session: LiveSession | undefined }

/** Guards every route registered in `api`: deny by default, and a route without a role does not start. */
export function guard(api: FastifyInstance, deps: Pick<SessionDeps, 'db' | 'clock'>): void {
  api.decorateRequest('actor', '')
  api.decorateRequest('role', undefined)
  api.decorateRequest('session', undefined)
  api.addHook('onRoute', route => {
    if (route.config?.role === undefined) throw new Error(`the route ${route.url} declares no role`)
  })
  api.addHook('onRequest', async (request, reply) => {
    const caller = await callerOf(request, deps)
    admit(request, reply, caller)
    if (request.routeOptions.config.proof) assertProved(caller, deps.clock())
  })
}

function admit(request: FastifyRequest, reply: FastifyReply, caller: Caller | undefined): void {
  // Personal data and tokens stay out of every cache on the way.
  reply.header('cache-control', 'no-store')
  const needed = request.routeOptions.config.role ?? 'owner'
  if (needed !== 'public') assertMay(request, caller, needed)
  request.actor = caller?.actor ?? ''
  request.role = caller?.role
  request.session = caller?.session
}

function assertMay(request: FastifyRequest, caller: Caller | undefined, needed: Role): void {
  if (!caller) throw new Problem('unauthorized', 'neither a valid API token nor a session was sent')
  if (caller.session && !isOwnPage(request, caller.session))
    throw new Problem('csrf_token_missing', 'the header X-CSRF-Token is missing, or not that of this session')
  if (!reaches({ role: caller.role, needed }))
    throw new Problem('forbidden', `this needs the role ${needed}, the caller is ${caller.role}`)
}

/** A session may be stolen, and stays open for days: what outlives it, or cannot be undone, needs its person. */
function assertProved(caller: Caller | undefined, now: number): void {
  if (caller?.session && !isProvedLately(caller.session.provedAt, now))
    throw new Problem('proof_required', 'the password was last given more than five minutes ago')
}

/** An API token speaks for itself; a cookie, which a browser sends unasked, counts only when there is no token. */
async function callerOf(request: FastifyRequest, deps: Pick<SessionDeps, 'db' | 'clock'>): Promise<Caller | undefined> {
  const token = bearerOf(request)
  if (token !== undefined) {
    const found = await authenticate(deps.db, token)
    return found && { actor: found.name, role: found.role, session: undefined }
  }
  const secret = sessionCookieOf(request)
  const session = secret === undefined ? undefined : await findLiveSession(deps, secret)
  return session && { actor: session.account.email, role: session.account.role, session }
}

const READS = ['GET', 'HEAD']

const isOwnPage = ({ method, headers }: FastifyRequest, { csrfToken }: LiveSession): boolean =>
  READS.includes(method) || sameText(String(headers['x-csrf-token'] ?? ''), csrfToken)

function sameText(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const BEARER = /^Bearer ([\x21-\x7e]{1,4096})$/i

export const bearerOf = (request: FastifyRequest): string | undefined =>
  BEARER.exec(request.headers.authorization ?? '')?.[1]
