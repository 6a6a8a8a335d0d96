import { type FastifyInstance, type RouteOptions } from 'fastify'
import { LIMITS } from '../../domain/limits.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body holds facts, whose loss is an alert: the route authenticates its sender before it reads. */
    takesFacts?: true
  }
}

/**
 * Bounds the body of every route that is registered after it: what strangers may send is small, what a caller who is
 * signed in may send is not, and only facts are large. A route that says `bodyLimit` has limits of its own.
 */
export function limitBodies(server: FastifyInstance): void {
  server.addHook('onRoute', route => void (route.bodyLimit ??= bodyLimitOf(route)))
}

function bodyLimitOf({ config: { takesFacts, role = 'public' } = {} }: RouteOptions): number {
  if (takesFacts) return LIMITS.bodyBytes
  return role === 'public' ? LIMITS.publicBodyBytes : LIMITS.apiBodyBytes
}
