import { integrationDocument } from '../../contract/document.ts'
import { integration } from '../../contract/integrations.ts'
import { parseDocument } from '../../contract/parse-document.ts'
import { Problem, type FieldProblem } from '../../domain/problem.ts'
import { keyOf, type Document } from '../../pipeline/live/asking.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { type ApiDeps } from './deps.ts'

export const refusal = (problems: readonly FieldProblem[]): Problem =>
  new Problem('invalid_document', 'the integration document cannot be used as it is', problems)

type JsonObject = Readonly<Record<string, unknown>>

export const asObject = (json: unknown): JsonObject => {
  if (isPlain(json)) return json
  throw new Problem('invalid_json', 'the body must be a JSON object')
}

/** What is shown beside the document and not in it. */
const SHOWN_ONLY = Object.keys(integration.shape).filter(key => !Object.hasOwn(integrationDocument.shape, key))

/** An integration that is sent back as it was shown is its document: the rest is not the caller's to change. */
export const documentIn = (json: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(json).filter(([key]) => !SHOWN_ONLY.includes(key)))

/** A document that carries no key, or the hidden one that we show, keeps the key that it has. */
export async function withKeptKey(deps: ApiDeps, existing: Integration, json: JsonObject): Promise<Document> {
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
  return sent === undefined || (typeof sent === 'string' && sent.startsWith('********'))
}

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
