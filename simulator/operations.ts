import { randomUUID } from 'node:crypto'
import type { Answer } from './answers.ts'
import type { Batch, Operation } from './batch.ts'
import type { OperationAnswer } from './batch-runner.ts'
import { type Call, isProblem } from './call.ts'
import { scriptedAnswer } from './fault-answers.ts'
import { type JsonObject, isObject, parseJson } from './json.ts'
import { type Problem, jsonParse, notFound, problemAnswer } from './problems.ts'
import { kindOf, route, segmentsOf } from './router.ts'
import type { Runtime } from './runtime.ts'
import type { Key } from './state.ts'

/** Runs one operation of a batch as if it were a request, without a connection and without a slot. */
export function performOperation(runtime: Runtime, batch: Batch, operation: Operation): OperationAnswer {
  const key = [...runtime.state.keys.values()].find(({ account }) => account === batch.account)
  const requestId = randomUUID()
  const origin = `https://${key?.dataCentre ?? 'us1'}.api.mailchimp.com`
  const result = key ? answerOperation(runtime, { operation, key, requestId, origin }) : notFound()
  const answer = isProblem(result) ? problemAnswer(result, { requestId, origin }) : result
  runtime.counters.batchOperations += 1
  if (operation.method !== 'GET' && answer.status < 300) runtime.counters.writesApplied += 1
  return { status: answer.status, body: answer.body }
}

type Performing = Readonly<{ operation: Operation; key: Key; requestId: string; origin: string }>

function answerOperation(runtime: Runtime, performing: Performing): Answer | Problem {
  const { operation, key, requestId, origin } = performing
  const [path = '', search = ''] = operation.path.split('?')
  const segments = segmentsOf(path) ?? ['malformed']
  const { method, body } = operation
  const kind = kindOf(method, segments)
  const picked = runtime.faults.pick({
    method,
    path: operation.path,
    segments,
    kind,
    account: key.account,
    body,
    audience: runtime.state.audiences.get(segments[1] ?? ''),
    inBatch: true,
  })
  const scripted = picked && scriptedAnswer(picked.fault, { requestId, origin })
  if (scripted && !picked.fault.apply) return scripted
  const parsed = body === '' ? {} : parseJson(body)
  if (!isObject(parsed)) return jsonParse()
  const query = queryOf(operation.params, runtime.state.behaviour.batchPathQuery === 'honoured' ? search : '')
  const call: Call = { method, segments, query, body: parsed, key, requestId, origin, ip: '', reachableAt: runtime.url }
  const answer = route(runtime.state, call)
  return scripted ?? answer
}

function queryOf(params: JsonObject, search: string): URLSearchParams {
  const query = new URLSearchParams(search)
  for (const [name, value] of Object.entries(params))
    query.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  return query
}
