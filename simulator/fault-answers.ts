import { STATUS_CODES } from 'node:http'
import { type Answer, html } from './answers.ts'
import type { Fault } from './faults.ts'
import { type Problem, problemAnswer } from './problems.ts'
import { TRIGGERS } from './triggers.ts'

/** The answer a fault dictates, if it dictates one. */
export function scriptedAnswer(
  fault: Fault,
  call: Readonly<{ requestId: string; origin: string }>,
): Answer | undefined {
  const plain = plainAnswer(fault, call)
  if (!plain) return undefined
  return { ...plain, headers: [...plain.headers, ...Object.entries(fault.headers ?? {})] }
}

function plainAnswer(fault: Fault, call: Readonly<{ requestId: string; origin: string }>): Answer | undefined {
  if (fault.edge !== undefined) return edgeAnswer(fault.edge, call.requestId)
  const status = fault.status ?? 500
  if (fault.html !== undefined) return html(status, fault.html)
  if (fault.body !== undefined) return bodyAnswer(fault.status ?? 200, fault.body)
  const triggered = fault.trigger === undefined ? undefined : TRIGGERS[fault.trigger]
  if (triggered) return problemAnswer(triggered, call)
  return fault.status === undefined ? undefined : problemAnswer(problemFor(fault.status, fault), call)
}

function bodyAnswer(status: number, body: Fault['body']): Answer {
  if (typeof body === 'string') return { status, contentType: 'text/plain', body, headers: [] }
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body), headers: [] }
}

/** Mailchimp's usual words for a status, unless the fault has its own. */
function problemFor(status: number, fault: Fault): Problem {
  const usual = Object.values(TRIGGERS).find(problem => problem.status === status)
  return {
    status,
    title: fault.title ?? usual?.title ?? STATUS_CODES[status] ?? 'Error',
    detail: fault.detail ?? usual?.detail ?? '',
    ...(fault.errors ? { errors: fault.errors } : {}),
  }
}

/** Reported bodies of the content network: HTML, nothing at all, or a JSON of its own that is no problem document. */
function edgeAnswer(status: 403 | 429 | 502 | 503, reference: string): Answer {
  if (status === 429) return html(429, '')
  if (status === 503) {
    const body = { type: 'akamai_error_message', title: 'akamai_503', status, ref_no: `Reference Number: ${reference}` }
    return bodyAnswer(503, body)
  }
  const words = status === 403 ? 'Access Denied' : 'Bad Gateway'
  return html(status, `<html><head><title>${words}</title></head><body><h1>${words}</h1></body></html>`)
}

/** What is left of an answer after a fault has cut it. */
export function truncated(answer: Answer, bytes: number): Answer {
  return { ...answer, body: Buffer.from(answer.body).subarray(0, bytes).toString() }
}
