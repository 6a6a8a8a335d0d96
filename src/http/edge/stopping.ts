import { type FastifyInstance } from 'fastify'
import { type ServerResponse } from 'node:http'
import { Problem } from '../../domain/problem.ts'
import { type Connections } from './connections.ts'
import { whenOver } from './over.ts'

type StopDeps = { readonly connections: Connections; readonly stopMs: number }

/** These say how it is, also while it stops. */
const HEALTH = ['/healthz', '/readyz']

/**
 * Stops the service in order: it says at once that it is not ready, finishes what it has begun to answer, refuses what
 * comes meanwhile, and listens no more. A client's connection is ended at the deadline, even if it still sends.
 */
export function stopInOrder(server: FastifyInstance, { connections, stopMs }: StopDeps): { isStopping(): boolean } {
  let isStopping = false
  const underWay = new Set<ServerResponse>()
  let onIdle: () => void = () => undefined
  server.addHook('onRequest', (request, reply, goOn) => {
    if (isStopping && !HEALTH.includes(request.url))
      return goOn(new Problem('stopping', 'the service stops and takes nothing new'))
    underWay.add(reply.raw)
    whenOver(request, reply, () => {
      underWay.delete(reply.raw)
      if (underWay.size === 0) onIdle()
    })
    goOn()
  })
  server.addHook('preClose', async () => {
    isStopping = true
    const deadline = setTimeout(() => server.server.closeAllConnections(), stopMs)
    server.server.once('close', () => clearTimeout(deadline))
    if (underWay.size > 0) await new Promise<void>(resolve => (onIdle = resolve))
    connections.endWaiting()
  })
  return { isStopping: () => isStopping }
}
