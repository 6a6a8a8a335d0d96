import { type FastifyReply, type FastifyRequest } from 'fastify'
import { type Socket } from 'node:net'

const pending = new WeakMap<Socket, Set<() => void>>()

/** Runs `work` once: when the answer is on its way as a whole, or its connection is gone. */
export function whenOver({ raw: { socket } }: FastifyRequest, { raw: answer }: FastifyReply, work: () => void): void {
  // A client may go before it is answered; nothing else would come then.
  if (socket.destroyed) return work()
  const works = pendingOf(socket)
  const once = (): void => void (works.delete(once) && work())
  works.add(once)
  answer.once('close', once)
}

// Node closes only the answer whose turn it is, and forgets those behind it that were asked for already.
function pendingOf(socket: Socket): Set<() => void> {
  const known = pending.get(socket)
  if (known) return known
  const works = new Set<() => void>()
  pending.set(socket, works)
  socket.once('close', () => works.forEach(once => once()))
  return works
}
