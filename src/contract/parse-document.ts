import { dataCentreOfKey, dataCentreOfUrl } from '../domain/data-centre.ts'
import { type Settings } from '../domain/integration.ts'
import { LIMITS } from '../domain/limits.ts'
import { OPTIONS } from '../domain/options.ts'
import { isYesNoPath } from '../domain/paths.ts'
import { type FieldProblem } from '../domain/problem.ts'
import { DROPPED, writtenDocument, type IntegrationDocument } from './document.ts'
import { problemsIn } from './field-problems.ts'
import { optionsIn, shownOptions } from './options.ts'
import { asCurrent, isOlder, pathInOlder, strangersIn } from './older-document.ts'
import { remedyFor } from './remedies.ts'

/** What was taken and means nothing here. */
type Note = { readonly path: string; readonly note: string }

type ParsedDocument =
  | { readonly ok: true; readonly apiKey: string; readonly settings: Settings; readonly notes: readonly Note[] }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] }

/** Reads an integration document of either generation. Reports everything that is wrong with it at once. */
export function parseDocument(json: unknown): ParsedDocument {
  if (!isOlder(json)) return parseCurrent(json)
  const parsed = parseCurrent(asCurrent(json))
  const strangers = strangersIn(json).map(path => {
    const detail = `${path} has no place in a document with config.`
    return { path, code: 'unknown_key', detail, remedy: 'Leave it out, or write the document in its present shape.' }
  })
  const notes = notesOn(json.config, 'config.')
  if (parsed.ok && strangers.length === 0) return { ...parsed, notes: [...parsed.notes, ...notes] }
  if (parsed.ok) return { ok: false, problems: strangers }
  const problems = parsed.problems.map(each => {
    const path = pathInOlder(each.path, json)
    return { ...each, path, detail: each.detail.replace(each.path, () => path) }
  })
  return { ok: false, problems: [...problems, ...strangers] }
}

function parseCurrent(json: unknown): ParsedDocument {
  const parsed = writtenDocument.safeParse(json, { reportInput: true })
  const problems = [...(parsed.success ? [] : problemsIn(parsed.error, remedyFor)), ...contradictionsIn(json)]
  if (!parsed.success || problems.length > 0) return { ok: false, problems }
  const { data } = parsed
  return { ok: true, apiKey: data.authentication.api_key, settings: settingsOf(data), notes: notesOn(data, '') }
}

const notesOn = (json: object, prefix: string): Note[] =>
  Object.entries(DROPPED).flatMap(([key, note]) =>
    Object.hasOwn(json, key) ? [{ path: `${prefix}${key}`, note }] : [],
  )

function settingsOf(document: IntegrationDocument): Settings {
  return {
    name: document.name,
    enabled: document.enabled ?? true,
    dataCentre: dataCentreOfKey(document.authentication.api_key) ?? '',
    audienceId: document.properties.audience_id,
    mappings: document.mappings,
    upsertMode: document.upsert_mode ?? false,
    options: optionsIn(document.options),
  }
}

const at = (json: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Readonly<Record<string, unknown>>)[key]
        : undefined,
    json,
  )

/** Parts that are fine alone and wrong together; looked for even where other parts are not fine. */
function contradictionsIn(json: unknown): FieldProblem[] {
  return [
    ...dataCentreContradiction(json),
    ...twiceMapped(at(json, 'mappings')),
    ...unmakeableContacts(json),
    ...unaskable(json),
  ]
}

export function dataCentreContradiction(json: unknown): FieldProblem[] {
  const [key, url] = [at(json, 'authentication', 'api_key'), at(json, 'authentication', 'url')]
  const ofKey = typeof key === 'string' ? dataCentreOfKey(key) : undefined
  const ofUrl = typeof url === 'string' ? dataCentreOfUrl(url) : undefined
  if (ofKey === undefined || ofUrl === undefined || ofKey === ofUrl) return []
  return [
    {
      path: 'authentication.url',
      code: 'wrong_data_centre',
      detail: `The URL names the data centre ${ofUrl}, but the API key belongs to ${ofKey}.`,
      remedy: `Write https://${ofKey}.admin.mailchimp.com/ here, or put in a key of ${ofUrl}.`,
    },
  ]
}

function twiceMapped(mappings: unknown): FieldProblem[] {
  if (!Array.isArray(mappings)) return []
  const tags = looked(mappings).map(rule => at(rule, 'id'))
  return tags.flatMap((tag, index) => {
    const first = tags.findIndex(other => typeof tag === 'string' && sameTag(other, tag))
    if (first < 0 || first === index) return []
    const path = `mappings[${index}].id`
    const detail = `${String(tag)} is mapped already by mappings[${first}].`
    return [{ path, code: 'merge_tag_mapped_twice', detail, remedy: 'Map each merge tag once.' }]
  })
}

/** More are a problem of their own; each is compared with all, which a long list would make slow. */
const looked = (list: readonly unknown[]): readonly unknown[] => list.slice(0, LIMITS.mappings)

const sameTag = (a: unknown, b: string): boolean => typeof a === 'string' && a.toUpperCase() === b.toUpperCase()

function unmakeableContacts(json: unknown): FieldProblem[] {
  const match = at(json, 'options', 'match')
  if (at(json, 'upsert_mode') !== true || (match !== 'subscriber_hash' && match !== 'contact_id')) return []
  return [
    {
      path: 'upsert_mode',
      code: 'contact_without_address',
      detail: `Under options.match "${match}" no address is known, and Mailchimp creates no contact without one.`,
      remedy: 'Turn upsert_mode off, or match by email or metadata_<key>.',
    },
  ]
}

/** R20: tags that decide the status of a new contact, and that the mapping does not fill with a yes or no. */
function unaskable(json: unknown): FieldProblem[] {
  const [tags, mappings] = [at(json, 'options', 'subscribe_when'), at(json, 'mappings')]
  if (!Array.isArray(tags) || !Array.isArray(mappings)) return []
  return looked(tags).flatMap((tag, index): FieldProblem[] => {
    if (typeof tag !== 'string' || !OPTIONS.subscribeWhen.pattern.test(tag)) return []
    const path = `options.subscribe_when[${index}]`
    const rule = looked(mappings).find(each => sameTag(at(each, 'id'), tag))
    const value = at(rule, 'value')
    if (rule === undefined) {
      const remedy = 'Name merge tags of the mapping only, or map this one.'
      return [{ path, code: 'tag_not_mapped', detail: `${tag} is not in the mapping.`, remedy }]
    }
    if (typeof value !== 'string' || isYesNo(value)) return []
    const detail = `${tag} is filled from ${value}, which is no yes or no.`
    const remedy = 'Name merge tags that are filled from a path that ends with _enabled.'
    return [{ path, code: 'tag_not_yes_no', detail, remedy }]
  })
}

const isYesNo = (path: string): boolean => path.startsWith('consents_') && isYesNoPath(path)

/** The document as it is shown again: complete, in its present shape, with all of the key hidden but its end. */
export const documentOf = (settings: Settings) => ({
  type_id: 'mailchimp' as const,
  authentication: {
    api_key: `********-${settings.dataCentre}`,
    url: `https://${settings.dataCentre}.admin.mailchimp.com/`,
  },
  properties: { audience_id: settings.audienceId },
  mappings: settings.mappings.map(({ id, value }) => ({ id, value })),
  upsert_mode: settings.upsertMode,
  ...(settings.name === undefined ? {} : { name: settings.name }),
  enabled: settings.enabled,
  options: shownOptions(settings.options),
})
