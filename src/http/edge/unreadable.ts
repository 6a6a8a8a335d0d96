import { ServerResponse, STATUS_CODES } from 'node:http'
import { randomUUID } from 'node:crypto'
import { type Socket } from 'node:net'
import { Problem, PROBLEMS } from '../../domain/problem.ts'
import { problemDocumentOf } from '../problems.ts'
import { type EdgeLimits } from './limits.ts'

type ParseError = Error & { readonly code?: string }

/**
 * Refuses what Node cannot read as a request, or waits for in vain, so that its sender sees why. What was asked for
 * before is answered first.
 */
export function answerUnreadable({ drainMs, drainBytes }: Pick<EdgeLimits, 'drainMs' | 'drainBytes'>) {
  const refused = new WeakMap<Socket, number>()
  const refuse = (error: ParseError, socket: Socket): void => {
    if (!socket.writable) return
    socket.end(answerTo(error))
    const timer = setTimeout(() => socket.destroy(), drainMs)
    socket.once('close', () => clearTimeout(timer))
  }
  return (error: ParseError, socket: Socket): void => {
    const since = refused.get(socket)
    // Every piece that still comes in is one more error, and is dropped.
    if (since !== undefined) return void (socket.bytesRead - since > drainBytes && socket.destroy())
    refused.set(socket, socket.bytesRead)
    const current = answerUnderWay(socket)
    if (current?.req.complete) current.once('close', () => refuse(error, socket))
    else if (!current?.headersSent) refuse(error, socket)
    // Its answer is there already, and only its end waits until the sender is done, as this one is.
    else if (error.code === 'HPE_INVALID_EOF_STATE') socket.destroySoon()
  }
}

/** Node keeps the answer whose turn it is at its connection, and passes it on nowhere. */
const answerUnderWay = (socket: Socket): ServerResponse | undefined =>
  '_httpMessage' in socket && socket._httpMessage instanceof ServerResponse ? socket._httpMessage : undefined

function answerTo(error: ParseError): string {
  const problem = problemOf(error)
  const { status } = PROBLEMS[problem.code]
  const body = JSON.stringify(problemDocumentOf(problem, randomUUID()))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

function problemOf({ code, message }: ParseError): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('too_slow', 'the request did not come in time')
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Problem('headers_too_large', 'address and headers are larger than 16 KiB')
  return new Problem('malformed_request', message)
}
