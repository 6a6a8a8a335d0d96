import { type FastifyInstance, type FastifyRequest } from 'fastify'
import { type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { type EdgeLimits } from './limits.ts'

type Bounds = Pick<EdgeLimits, 'drainMs' | 'drainBytes'>

/**
 * Lets a sender see an answer that comes before all of its body is here. The answer is sent at once, and its end only
 * when the rest of the body was read and dropped, or the bounds are reached: a connection that is closed under a sender
 * is reset, and the answer is lost with it.
 */
export function drainBeforeClosing(server: FastifyInstance, bounds: Bounds): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    if (!isStillSending(request) || !isWhole(payload)) return done(null, payload)
    reply.header('connection', 'close').header('content-length', Buffer.byteLength(payload))
    done(null, Readable.from(withDrain(payload, request.raw, bounds)))
  })
}

/** RFC 9110: a body is not sent before it is wanted, if its sender waits for that. */
export function continueWhenWanted(server: FastifyInstance): void {
  // Node itself would say so before the request is looked at.
  server.server.on('checkContinue', (request, response) => server.server.emit('request', request, response))
  server.addHook('preParsing', ({ headers, routeOptions }, reply, payload, goOn) => {
    const isTooLarge = Number(headers['content-length']) > routeOptions.bodyLimit
    if (/100-continue/i.test(headers.expect ?? '') && !isTooLarge) reply.raw.writeContinue()
    goOn(null, payload)
  })
}

const isStillSending = ({ raw, headers }: FastifyRequest): boolean =>
  !raw.complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0)

const isWhole = (payload: unknown): payload is string | Buffer =>
  (typeof payload === 'string' && payload !== '') || Buffer.isBuffer(payload)

async function* withDrain(payload: string | Buffer, body: IncomingMessage, bounds: Bounds) {
  yield payload
  await drained(body, bounds)
}

/** The body has ended, its sender is gone, or the bounds are reached. */
const drained = (body: IncomingMessage, { drainMs, drainBytes }: Bounds): Promise<void> =>
  new Promise(resolve => {
    let left = drainBytes
    const end = (): void => {
      clearTimeout(timer)
      body.off('data', count)
      resolve()
    }
    const count = ({ length }: Buffer): void => {
      left -= length
      if (left < 0) end()
    }
    const timer = setTimeout(end, drainMs)
    body.on('data', count).once('end', end).once('close', end)
    if (body.destroyed || body.readableEnded) end()
  })
