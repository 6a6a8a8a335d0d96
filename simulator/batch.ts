import { type Json, type JsonObject, isArray, isObject, phpTypeOf } from './json.ts'
import type { FieldError } from './problems.ts'

export type Operation = Readonly<{
  method: string
  path: string
  operationId: string
  params: JsonObject
  body: string
}>

type OperationResult = Readonly<{ statusCode: number; operationId: string; response: string }>

export type BatchStatus = 'pending' | 'preprocessing' | 'started' | 'finalizing' | 'finished'

/** A batch as it moves from `pending` to `finished`. */
export type Batch = {
  readonly id: string
  readonly account: string
  readonly operations: readonly Operation[]
  readonly submittedAt: number
  readonly results: OperationResult[]
  /** Addresses of the results that were handed out, with the end of their ten minutes. */
  readonly tokens: Map<string, number>
  status: BatchStatus
  completedAt: number | undefined
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** The operations of a body, or every fault of its shape. */
export function readOperations(body: JsonObject): readonly Operation[] | readonly FieldError[] {
  const sent = body['operations']
  if (sent === undefined) return [{ field: '', message: 'Required fields were not provided: operations' }]
  if (!isArray(sent)) {
    return [{ field: 'operations', message: `Schema describes array, ${phpTypeOf(sent)} found instead` }]
  }
  const errors = sent.flatMap((entry, at) => operationErrors(entry, `operations.item:${at}`))
  return errors.length > 0 ? errors : sent.filter(isObject).map(readOperation)
}

function operationErrors(entry: Json, field: string): readonly FieldError[] {
  if (!isObject(entry)) return [{ field, message: `Schema describes object, ${phpTypeOf(entry)} found instead` }]
  const missing = ['method', 'path'].filter(name => entry[name] === undefined)
  const errors = ['path', 'operation_id', 'body'].flatMap(name => {
    const value = entry[name]
    if (value === undefined || typeof value === 'string') return []
    return [{ field: `${field}.${name}`, message: `Schema describes string, ${phpTypeOf(value)} found instead` }]
  })
  if (missing.length > 0) errors.push({ field, message: `Required fields were not provided: ${missing.join(', ')}` })
  if (entry['method'] !== undefined && !METHODS.some(method => method === entry['method'])) {
    const message = `Data presented is not one of the accepted values: ${METHODS.join(', ')}`
    errors.push({ field: `${field}.method`, message })
  }
  return errors
}

function readOperation(entry: JsonObject): Operation {
  const text = (name: string) => (typeof entry[name] === 'string' ? entry[name] : '')
  const params = isObject(entry['params']) ? entry['params'] : {}
  return { method: text('method'), path: text('path'), operationId: text('operation_id'), params, body: text('body') }
}

export function isErrors(read: readonly Operation[] | readonly FieldError[]): read is readonly FieldError[] {
  return read[0] !== undefined && 'message' in read[0]
}
