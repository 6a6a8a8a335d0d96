import type { ServerResponse } from 'node:http'
import type { Answer } from './answers.ts'

export function sendAnswer(response: ServerResponse, answer: Answer, requestId: string): void {
  response.writeHead(answer.status, rawHeaders(answer, requestId))
  response.end(answer.body)
}

/** Promises the whole answer, sends half of it, and breaks the connection. */
export function sendPart(response: ServerResponse, answer: Answer, requestId: string): void {
  const bytes = Buffer.from(answer.body)
  response.writeHead(answer.status, rawHeaders(answer, requestId))
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy())
}

function rawHeaders(answer: Answer, requestId: string): string[] {
  const headers = ['Server', 'openresty', 'Content-Type', answer.contentType, 'X-Request-Id', requestId]
  for (const [name, value] of answer.headers) headers.push(name, value)
  headers.push('Vary', 'Accept-Encoding')
  if (answer.status !== 204) headers.push('Content-Length', String(Buffer.byteLength(answer.body)))
  return headers
}
