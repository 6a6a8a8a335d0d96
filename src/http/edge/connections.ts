import { type FastifyInstance } from 'fastify'
import { type Socket } from 'node:net'
import { whenOver } from './over.ts'

export type Connections = {
  /** Ends those that have no request under way. */
  endWaiting(): void
}

/** New connections that may arrive at once, before those that make room for them are gone. */
const BURST = 128
/** Requests that a client may have sent before it was answered the first of them. */
const MOST_AT_ONCE = 32

/**
 * Bounds how many connections there are, and how much each asks at once. Where a new one is one too many, it takes the
 * place of one that waits for a request, or drips one: a client that holds connections open keeps no other client out.
 */
export function boundConnections(app: FastifyInstance, most: number): Connections {
  const { server } = app
  // A connection that was used before may be that of a proxy, which uses it again: the more numerous kind makes room.
  const [unused, used, busy] = [new Set<Socket>(), new Set<Socket>(), new Map<Socket, number>()]
  server.maxConnections = most + BURST
  server.on('connection', (socket: Socket) => {
    unused.add(socket)
    socket.once('close', () => [unused, used, busy].forEach(each => each.delete(socket)))
    const [longest] = unused.size > used.size ? unused : used
    if (unused.size + used.size + busy.size > most) longest?.destroy()
  })
  app.addHook('onRequest', (request, reply, goOn) => {
    const { socket } = request.raw
    const underWay = (busy.get(socket) ?? 0) + 1
    // Node goes on reading requests from what has come in already.
    if (socket.destroyed || underWay > MOST_AT_ONCE) return void socket.destroy()
    unused.delete(socket)
    used.delete(socket)
    busy.set(socket, underWay)
    whenOver(request, reply, () => {
      const left = (busy.get(socket) ?? 0) - 1
      if (left > 0) return void busy.set(socket, left)
      busy.delete(socket)
      if (!socket.destroyed) used.add(socket)
    })
    goOn()
  })
  return { endWaiting: () => [...unused, ...used].forEach(socket => socket.destroy()) }
}
