import { type FastifyInstance } from 'fastify'
import { type ServerResponse } from 'node:http'
import { type EdgeLimits } from './limits.ts'
import { whenOver } from './over.ts'

/**
 * Bounds what clients cost that do not read their answers. A connection on which nothing moves is ended after a time.
 * When all unread answers together are too much, those that have waited longest are ended, until the next one fits.
 */
export function endUnread(
  server: FastifyInstance,
  { unreadMs, unreadBytes }: Pick<EdgeLimits, 'unreadMs' | 'unreadBytes'>,
): void {
  const unread = new Map<ServerResponse, number>()
  let total = 0
  const forget = (answer: ServerResponse): void => {
    total -= unread.get(answer) ?? 0
    unread.delete(answer)
  }
  server.addHook('onSend', (request, reply, payload, done) => {
    const [{ socket }, answer] = [request.raw, reply.raw]
    const bytes = bytesOf(payload)
    for (const [longest] of unread) {
      if (total + bytes <= unreadBytes) break
      forget(longest)
      longest.req.socket.destroy()
    }
    // An answer that fails to be written is written again, as a bug of ours.
    forget(answer)
    unread.set(answer, bytes)
    total += bytes
    // Counts from the last byte that moved. Before Node's own listener, which sets the time for the next request.
    socket.setTimeout(unreadMs)
    answer.prependOnceListener('finish', () => socket.setTimeout(0))
    whenOver(request, reply, () => forget(answer))
    done(null, payload)
  })
}

/** A stream holds only what it has read ahead. */
const bytesOf = (payload: unknown): number =>
  typeof payload === 'string' || Buffer.isBuffer(payload) ? Buffer.byteLength(payload) : 0
