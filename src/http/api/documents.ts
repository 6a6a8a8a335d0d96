import { SHOWN_ONLY } from '../../contract/integrations.ts'
import { parseDocument } from '../../contract/parse-document.ts'
import { Problem, type FieldProblem } from '../../domain/problem.ts'
import { keyOf } from '../../pipeline/live/asking.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { type ApiDeps } from './deps.ts'

export const refusal = (problems: readonly FieldProblem[]): Problem =>
  new Problem('invalid_document', 'the integration document cannot be used as it is', problems)

type JsonObject = Readonly<Record<string, unknown>>

export const asObject = (json: unknown): JsonObject => {
  if (isPlain(json)) return json
  throw new Problem('invalid_json', 'the body must be a JSON object')
}

/**
 * The document of an integration that is sent back as it was shown. Refuses another `paused` than it has: a caller that
 * changes it means to stop or to start delivery, and must not get an answer that says it was done.
 */
export function documentIn(json: JsonObject, { paused }: Integration): JsonObject {
  if (Object.hasOwn(json, 'paused') && json['paused'] !== paused) throw refusal([PAUSED_ELSEWHERE])
  return without(json, SHOWN_ONLY)
}

const PAUSED_ELSEWHERE: FieldProblem = {
  path: 'paused',
  code: 'not_in_document',
  detail: 'paused is no part of the document, and is not changed with it.',
  remedy: 'POST /v1/integrations/{id}/pause stops delivery, and …/resume starts it again. Leave paused out here.',
}

/** A document that carries no key, or the hidden one that we show, keeps the key that it has. */
export async function withKeptKey(deps: ApiDeps, existing: Integration, json: JsonObject) {
  const authentication = json['authentication'] ?? {}
  const whole = isWithoutKey(authentication)
    ? { ...json, authentication: { ...authentication, api_key: (await keyOf(deps, existing)).apiKey } }
    : json
  const parsed = parseDocument(whole)
  if (!parsed.ok) throw refusal(parsed.problems)
  return parsed
}

function isWithoutKey(authentication: unknown): authentication is JsonObject {
  if (!isPlain(authentication)) return false
  const { api_key: sent } = authentication
  return sent === undefined || (typeof sent === 'string' && sent.trim().startsWith('********'))
}

/** An integration keeps its source. */
export const withoutSource = (json: JsonObject): JsonObject => without(json, ['source_id'])

const without = (json: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(json).filter(([key]) => !keys.includes(key)))

/** RFC 7396: null takes a key out, objects merge, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): JsonObject {
  const merged = new Map(Object.entries(isPlain(target) ? target : {}))
  for (const [key, value] of Object.entries(isPlain(patch) ? patch : {})) {
    if (value === null) merged.delete(key)
    else merged.set(key, isPlain(value) ? mergePatch(merged.get(key), value) : value)
  }
  return Object.fromEntries(merged)
}

const isPlain = (json: unknown): json is JsonObject => typeof json === 'object' && json !== null && !Array.isArray(json)
