import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { resultsArchive, resultsBehind } from './batch-results.ts'
import { scriptedAnswer } from './fault-answers.ts'
import type { Fault } from './faults.ts'
import type { Runtime } from './runtime.ts'
import { sendAnswer } from './send.ts'

/** The results of a batch, as the storage service behind Mailchimp serves them: by address alone, never with a key. */
export function handleResultsRequest(runtime: Runtime, request: IncomingMessage, response: ServerResponse): void {
  const fault = faultFor(runtime, request)
  if (fault?.cut === 'before' || fault?.cut === 'after') {
    response.destroy()
    return
  }
  const scripted = fault && scriptedAnswer(fault, { requestId: randomUUID(), origin: runtime.url })
  if (scripted) return sendAnswer(response, scripted, randomUUID())
  if (request.headers.authorization !== undefined) return refuse(response, 400, 'InvalidArgument')
  const found = resultsBehind(runtime.state, new URL(request.url ?? '/', runtime.url))
  if (typeof found === 'string') return refuse(response, REFUSALS[found], found)
  void buffer(resultsArchive(found)).then(archive => sendArchive(response, archive, fault))
}

function faultFor(runtime: Runtime, { url = '/', method = 'GET' }: IncomingMessage): Fault | undefined {
  const kind = `batch_results.${method.toLowerCase()}`
  const suspect = { method, path: url, segments: [], kind, account: '', body: '', audience: undefined, inBatch: false }
  return runtime.faults.pick(suspect)?.fault
}

/** Google's storage, where Mailchimp's own sample has its results, refuses in XML. */
const REFUSALS = { ExpiredToken: 400, SignatureDoesNotMatch: 403, NoSuchKey: 404 } as const

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml; charset=UTF-8' })
  response.end(`<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}

function sendArchive(response: ServerResponse, archive: Buffer, fault: Fault | undefined): void {
  const whole = archive.subarray(0, fault?.truncate)
  response.writeHead(200, { 'content-type': 'application/gzip', 'content-length': whole.byteLength })
  if (fault?.cut === 'mid-answer') {
    response.write(whole.subarray(0, Math.floor(whole.byteLength / 2)), () => response.destroy())
    return
  }
  response.end(whole)
}
