import Fastify from 'fastify'
import { LIMITS } from '../../domain/limits.ts'
import { boundConnections } from './connections.ts'
import { continueWhenWanted, drainBeforeClosing } from './drain.ts'
import { type EdgeLimits } from './limits.ts'
import { refuseMalformed, routable } from './malformed.ts'
import { stopInOrder } from './stopping.ts'
import { endUnread } from './unread.ts'
import { answerUnreadable } from './unreadable.ts'

type ListenerDeps = {
  readonly edge: EdgeLimits
  readonly trustedProxies: readonly string[]
  readonly rewriteUrl: (url: string) => string
}

/** A server without routes: it bounds what each client costs, known or not, and stops in order. */
export function createListener({ edge, trustedProxies, rewriteUrl }: ListenerDeps) {
  const server = Fastify({
    bodyLimit: LIMITS.publicBodyBytes,
    // Without one, X-Forwarded-For is a claim of the client.
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    rewriteUrl: ({ url }) => routable(rewriteUrl(url ?? '/')),
    http: {
      headersTimeout: edge.headersMs,
      requestTimeout: edge.requestMs,
      connectionsCheckingInterval: edge.everyMs,
      // Counted by refuseMalformed, which says why.
      requireHostHeader: false,
    },
    // Fastify sets it after Node did.
    requestTimeout: edge.requestMs,
    keepAliveTimeout: edge.keptMs,
    routerOptions: { maxParamLength: LIMITS.pathLength },
    clientErrorHandler: answerUnreadable(edge),
    return503OnClosing: false,
    // Would end a stop that waits for its deadline.
    pluginTimeout: 0,
  })
  // Node answers 417 to any Expect but 100-continue, before there is a route: a webhook would be lost for it.
  server.server.on('checkExpectation', (request, response) => server.server.emit('request', request, response))
  const connections = boundConnections(server, edge.connections)
  const { isStopping } = stopInOrder(server, { connections, stopMs: edge.stopMs })
  refuseMalformed(server)
  continueWhenWanted(server)
  endUnread(server, edge)
  drainBeforeClosing(server, edge)
  return { server, isStopping }
}
