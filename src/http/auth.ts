import { type FastifyInstance, type FastifyRequest, type FastifySchema } from 'fastify'
import { problemDocument } from '../contract/api.ts'
import { Problem } from '../domain/problem.ts'
import { authenticate } from '../pipeline/tokens.ts'
import { type Database } from '../store/database.ts'
import { type Role } from '../store/tokens.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least role that may use the route; every route of the API declares one. */
    role?: Role
  }
  interface FastifyRequest {
    actor: string
  }
}

const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, owner: 2 }

/**
 * Guards every route registered in `api`: deny by default, and a route without a role does not start. Every one of
 * them may refuse, and is described so.
 */
export function guard(api: FastifyInstance, db: Database): void {
  api.decorateRequest('actor', '')
  api.addHook('onRoute', route => {
    if (route.config?.role === undefined) throw new Error(`the route ${route.url} declares no role`)
    route.schema = { ...route.schema, response: { ...responsesOf(route.schema), '4xx': problemDocument } }
  })
  api.addHook('onRequest', async request => {
    const token = bearerOf(request)
    const found = token === undefined ? undefined : await authenticate(db, token)
    if (!found) throw new Problem('unauthorized', 'no valid API token was sent')
    if (RANK[found.role] < RANK[request.routeOptions.config.role ?? 'owner'])
      throw new Problem(
        'forbidden',
        `this needs the role ${request.routeOptions.config.role}, the token is ${found.role}`,
      )
    request.actor = found.name
  })
}

const responsesOf = (schema: FastifySchema | undefined): object => (schema?.response as object | undefined) ?? {}

const BEARER = /^Bearer ([\x21-\x7e]{1,4096})$/i

export const bearerOf = (request: FastifyRequest): string | undefined =>
  BEARER.exec(request.headers.authorization ?? '')?.[1]
