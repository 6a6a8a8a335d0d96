import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, html } from './answers.ts'
import { authenticate } from './auth.ts'
import { type Call, isProblem } from './call.ts'
import { scriptedAnswer, truncated } from './fault-answers.ts'
import type { Fault } from './faults.ts'
import { isObject, parseJson } from './json.ts'
import { type Problem, jsonParse, problemAnswer } from './problems.ts'
import type { LogEntry } from './request-log.ts'
import { kindOf, route, segmentsOf } from './router.ts'
import { type Runtime, announceArrival, drawLatency } from './runtime.ts'
import { sendAnswer, sendPart } from './send.ts'
import type { Key } from './state.ts'
import { triggeredProblem, TRIGGERS } from './triggers.ts'

/** One request on its way through: what was asked, by whom, and the slot it holds. */
type Exchange = Readonly<{
  request: IncomingMessage
  response: ServerResponse
  entry: LogEntry
  segments: readonly string[]
  query: URLSearchParams
  key: Key
  requestId: string
  release: () => void
}>

/** Answers one request on Mailchimp's API, with its latency, its limits and the faults that were asked for. */
export function handleApiRequest(runtime: Runtime, request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? '/'
  const method = request.method ?? 'GET'
  const [path = '', search = ''] = splitOnce(url, '?')
  const segments = segmentsOf(path.slice('/3.0'.length)) ?? ['malformed']
  const query = new URLSearchParams(search)
  const key = authenticate(runtime.state, { headers: request.headers, query })
  const account = isProblem(key) ? undefined : key.account
  const kind = kindOf(method, segments)
  const entry = runtime.log.open({ kind, account, method, path: url, arrivedAt: runtime.state.clock.now() })
  const release = account === undefined ? undefined : runtime.slots.take(account)
  const requestId = randomUUID()

  readBody(
    request,
    body => {
      entry.body = body
      count(runtime, kind)
      if (isProblem(key)) return refuse(runtime, { response, entry, requestId }, key)
      if (!release) return refuse(runtime, { response, entry, requestId }, tooManyRequests())
      perform(runtime, { request, response, entry, segments, query, key, requestId, release })
    },
    release ?? (() => undefined),
  )
}

function splitOnce(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** Hands over the whole body; a client that leaves before it is complete has asked for nothing. */
function readBody(request: IncomingMessage, whole: (body: string) => void, abandoned: () => void): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.once('end', () => whole(chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString()))
  request.once('close', () => {
    if (!request.complete) abandoned()
  })
}

function count(runtime: Runtime, kind: string): void {
  const { counters } = runtime
  counters.calls += 1
  counters.byKind.set(kind, (counters.byKind.get(kind) ?? 0) + 1)
}

function refuse(
  runtime: Runtime,
  { response, entry, requestId }: Pick<Exchange, 'response' | 'entry' | 'requestId'>,
  problem: Problem,
): void {
  if (problem.status === 429) runtime.counters.answers429 += 1
  finish(runtime, { response, entry }, problemAnswer(problem, { requestId, origin: runtime.url }), requestId)
  announceArrival(runtime)
}

function tooManyRequests(): Problem {
  return TRIGGERS['TooManyRequests'] ?? jsonParse()
}

/**
 * Works for as long as the latency says, then answers. A client that goes away changes nothing about that: the work
 * is still done at its time, and the slot stays taken until then (but never longer than `slotHoldMs`).
 */
function perform(runtime: Runtime, exchange: Exchange): void {
  const { response, entry, segments, key } = exchange
  const { method, path, kind, body } = entry
  const audience = runtime.state.audiences.get(segments[1] ?? '')
  const suspect = { method, path, segments, kind, account: key.account, body, audience, inBatch: false }
  const picked = runtime.faults.pick(suspect)
  entry.fault = picked?.id ?? null
  runtime.open.add(response)
  response.once('close', () => {
    runtime.open.delete(response)
    if (!response.writableFinished) runtime.state.timers.later(runtime.slotHoldMs, exchange.release)
  })
  const duration = drawLatency(runtime) + (picked?.fault.delay_ms ?? 0)
  if (duration > runtime.serverTimeoutMs || picked?.fault.stall) {
    runtime.state.timers.later(runtime.serverTimeoutMs, () => timeOut(runtime, exchange, picked?.fault))
  }
  runtime.state.timers.later(duration, () => conclude(runtime, exchange, picked?.fault))
  announceArrival(runtime)
}

/** After 120 seconds the content network gives up; Mailchimp itself may still be at work. */
function timeOut(runtime: Runtime, exchange: Exchange, fault: Fault | undefined): void {
  const answer = html(502, '<html><body><h1>502 Bad Gateway</h1></body></html>')
  finish(runtime, exchange, answer, exchange.requestId)
  if (fault?.stall && fault.apply_late_ms === undefined) exchange.release()
}

function conclude(runtime: Runtime, exchange: Exchange, fault: Fault | undefined): void {
  if (!fault) {
    finish(runtime, exchange, dispatch(runtime, exchange), exchange.requestId)
    return exchange.release()
  }
  const call = { requestId: exchange.requestId, origin: originOf(exchange.key) }
  const scripted = scriptedAnswer(fault, call)
  const isLate = fault.apply_late_ms !== undefined
  const works = fault.apply === true || !(scripted || isLate || fault.stall || fault.cut === 'before')
  const real = works ? dispatch(runtime, exchange) : undefined
  if (!fault.stall) answerFaultily(runtime, exchange, { fault, answer: scripted ?? real })
  if (isLate) {
    runtime.state.timers.later(fault.apply_late_ms ?? 0, () => {
      dispatch(runtime, exchange)
      exchange.release()
    })
  } else if (!fault.stall) exchange.release()
}

/** Sends what the fault leaves of the answer; without one, the connection just ends. */
function answerFaultily(
  runtime: Runtime,
  exchange: Exchange,
  { fault, answer }: Readonly<{ fault: Fault; answer: Answer | undefined }>,
): void {
  const { response, entry, requestId } = exchange
  if (!answer || fault.cut === 'before' || fault.cut === 'after') {
    response.destroy()
    return
  }
  if (fault.cut === 'mid-answer') {
    entry.status = answer.status
    return sendPart(response, answer, requestId)
  }
  const whole = fault.truncate === undefined ? answer : truncated(answer, fault.truncate)
  finish(runtime, exchange, whole, requestId)
}

/** Sends an answer and writes it down; nobody is there to hear it when the client has gone. */
function finish(
  runtime: Runtime,
  { response, entry }: Pick<Exchange, 'response' | 'entry'>,
  answer: Answer,
  requestId: string,
): void {
  if (response.destroyed || response.headersSent) return
  response.setHeader('Date', new Date(runtime.state.clock.now()).toUTCString())
  sendAnswer(response, answer, requestId)
  entry.status = answer.status
  entry.answeredAt = runtime.state.clock.now()
}

/** Does the work. This is the only place where a request changes the account. */
function dispatch(runtime: Runtime, exchange: Exchange): Answer {
  const call = readCall(runtime, exchange)
  const result = isProblem(call)
    ? call
    : (triggeredProblem(exchange.request.headers, call.body) ?? route(runtime.state, call))
  if (isProblem(result)) return problemAnswer(result, { requestId: exchange.requestId, origin: originOf(exchange.key) })
  if (isWrite(exchange.entry)) {
    exchange.entry.appliedAt = runtime.state.clock.now()
    runtime.counters.writesApplied += 1
  }
  return result
}

/** Handing in a batch is not a write yet: its operations are. */
function isWrite({ method, kind }: LogEntry): boolean {
  return method !== 'GET' && !kind.startsWith('batch')
}

function readCall(runtime: Runtime, exchange: Exchange): Call | Problem {
  const { entry, segments, query, key, requestId, request } = exchange
  const body = entry.body === '' ? {} : parseJson(entry.body)
  if (!isObject(body)) return jsonParse()
  return {
    method: entry.method,
    segments,
    query,
    body,
    key,
    requestId,
    ip: request.socket.remoteAddress ?? '',
    origin: originOf(key),
    reachableAt: runtime.url,
  }
}

function originOf(key: Key): string {
  return `https://${key.dataCentre}.api.mailchimp.com`
}
