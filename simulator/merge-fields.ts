import { type Answer, noContent } from './answers.ts'
import type { Call } from './call.ts'
import type { Json, JsonObject } from './json.ts'
import { MERGE_FIELD_TYPES, optionErrors, withOptions } from './merge-options.ts'
import { filtered, page } from './paging.ts'
import { type FieldError, type Problem, invalid, invalidFields, notFound, wrongType } from './problems.ts'
import type { Audience, MergeField, State } from './state.ts'

/** Per audience; 80 on the Premium plan (reported). */
const MOST_FIELDS = 30
const LONGEST_TAG = 10

export function mergeFieldView(audience: Audience, field: MergeField): JsonObject {
  return {
    merge_id: field.mergeId,
    tag: field.tag,
    name: field.name,
    type: field.type,
    required: field.required,
    default_value: field.defaultValue,
    public: field.public,
    display_order: field.displayOrder,
    options: field.options,
    help_text: field.helpText,
    list_id: audience.id,
    _links: [],
  }
}

/** In order of their tags (recorded); `EMAIL` is not among them. */
export function listMergeFields(_state: State, audience: Audience, call: Call): Answer | Problem {
  const type = call.query.get('type')
  const required = call.query.get('required')
  const fields = audience.mergeFields
    .filter(field => type === null || field.type === type)
    .filter(field => required === null || field.required === (required === 'true' || required === '1'))
    .toSorted((a, b) => (a.tag < b.tag ? -1 : 1))
  const shown = page(fields, call.query).map(field => mergeFieldView(audience, field))
  return filtered({ merge_fields: shown, list_id: audience.id, total_items: fields.length, _links: [] }, call)
}

export function getMergeField(_state: State, audience: Audience, call: Call): Answer | Problem {
  const field = findMergeField(audience, call)
  return field ? filtered(mergeFieldView(audience, field), call) : notFound()
}

export function postMergeField(_state: State, audience: Audience, call: Call): Answer | Problem {
  const made = addMergeField(audience, call.body, audience.lastMergeId + 1)
  return 'title' in made ? made : filtered(mergeFieldView(audience, made), { query: new URLSearchParams() })
}

/** Adds the field the body describes, or says what Mailchimp has against it. No id is ever given twice. */
export function addMergeField(audience: Audience, body: JsonObject, mergeId: number): MergeField | Problem {
  const missing = ['name', 'type'].filter(name => typeof body[name] !== 'string')
  const errors = [
    ...(missing.length > 0 ? [{ field: '', message: `Required fields were not provided: ${missing.join(', ')}` }] : []),
    ...shapeErrors(body),
  ]
  if (errors.length > 0) return invalidFields(errors)
  if (audience.mergeFields.length >= MOST_FIELDS) return tooMany()
  const tag = text(body['tag'])?.toUpperCase() ?? `MMERGE${mergeId}`
  const taken = takenTag(audience, tag)
  if (taken) return taken
  const type = MERGE_FIELD_TYPES.find(known => known === body['type']) ?? 'text'
  const field = withBody(
    {
      mergeId,
      tag,
      name: '',
      type,
      required: false,
      defaultValue: '',
      public: false,
      displayOrder: audience.mergeFields.length + 2,
      helpText: '',
      options: {},
    },
    body,
  )
  audience.lastMergeId = Math.max(audience.lastMergeId, mergeId)
  audience.mergeFields = inDisplayOrder([...audience.mergeFields, field])
  return field
}

export function patchMergeField(_state: State, audience: Audience, call: Call): Answer | Problem {
  const field = findMergeField(audience, call)
  if (!field) return notFound()
  const changed = changeMergeField(audience, field, call.body)
  return 'title' in changed ? changed : filtered(mergeFieldView(audience, changed), { query: new URLSearchParams() })
}

/** Changes a field in place: it keeps its id and its values, and its type for ever. */
export function changeMergeField(audience: Audience, field: MergeField, body: JsonObject): MergeField | Problem {
  const errors = shapeErrors(body)
  if (errors.length > 0) return invalidFields(errors)
  if (body['type'] !== undefined && body['type'] !== field.type) {
    return invalidFields([{ field: 'type', message: 'The type of a merge field cannot be changed.' }])
  }
  const tag = text(body['tag'])?.toUpperCase() ?? field.tag
  const taken = tag === field.tag ? undefined : takenTag(audience, tag)
  if (taken) return taken
  const changed = withBody({ ...field, tag }, body)
  audience.mergeFields = inDisplayOrder(audience.mergeFields.map(other => (other === field ? changed : other)))
  if (tag !== field.tag) renameValues(audience, field.tag, tag)
  return changed
}

export function deleteMergeField(_state: State, audience: Audience, call: Call): Answer | Problem {
  const field = findMergeField(audience, call)
  if (!field) return notFound()
  dropMergeField(audience, field)
  return noContent()
}

/** The field is gone with the values of all contacts. The same tag made again is another field, and empty. */
export function dropMergeField(audience: Audience, field: MergeField): void {
  audience.mergeFields = audience.mergeFields.filter(other => other !== field)
  for (const [id, member] of audience.members) {
    const { [field.tag]: _gone, ...mergeValues } = member.mergeValues
    audience.members.set(id, { ...member, mergeValues })
  }
}

function renameValues(audience: Audience, from: string, to: string): void {
  for (const [id, member] of audience.members) {
    const { [from]: value, ...rest } = member.mergeValues
    if (value !== undefined) audience.members.set(id, { ...member, mergeValues: { ...rest, [to]: value } })
  }
}

function findMergeField(audience: Audience, call: Call): MergeField | undefined {
  return audience.mergeFields.find(field => String(field.mergeId) === call.segments[3])
}

function inDisplayOrder(fields: readonly MergeField[]): readonly MergeField[] {
  return fields.toSorted((a, b) => a.displayOrder - b.displayOrder)
}

function shapeErrors(body: JsonObject): readonly FieldError[] {
  const errors = [
    ...['name', 'tag', 'type', 'default_value', 'help_text'].flatMap(name => wrongType(body[name], name, 'string')),
    ...['required', 'public'].flatMap(name => wrongType(body[name], name, 'boolean')),
    ...wrongType(body['display_order'], 'display_order', 'integer'),
    ...wrongType(body['options'], 'options', 'object'),
    ...optionErrors(body),
  ]
  const type = text(body['type'])
  if (type !== undefined && !MERGE_FIELD_TYPES.some(known => known === type)) {
    const message = `Data presented is not one of the accepted values: ${MERGE_FIELD_TYPES.join(', ')}`
    errors.push({ field: 'type', message })
  }
  const tag = text(body['tag'])
  if (tag !== undefined && !isGoodTag(tag)) {
    const message = `The tag may have at most ${LONGEST_TAG} characters: letters, digits and underscores.`
    errors.push({ field: 'tag', message })
  }
  return errors
}

function isGoodTag(tag: string): boolean {
  return tag.length <= LONGEST_TAG && /^[A-Za-z0-9_]+$/.test(tag)
}

function takenTag(audience: Audience, tag: string): Problem | undefined {
  const taken = tag === 'EMAIL' || audience.mergeFields.some(field => field.tag === tag)
  return taken ? invalid(`A Merge Field with the tag "${tag}" already exists for this list.`) : undefined
}

function tooMany(): Problem {
  const detail = `You can have at most ${MOST_FIELDS} merge fields on this list.`
  return { status: 400, title: 'Merge Max Limit Exceeded', detail }
}

function withBody(field: MergeField, body: JsonObject): MergeField {
  const order = body['display_order']
  return {
    ...field,
    name: text(body['name']) ?? field.name,
    required: flagOr(body['required'], field.required),
    public: flagOr(body['public'], field.public),
    defaultValue: text(body['default_value']) ?? field.defaultValue,
    helpText: text(body['help_text']) ?? field.helpText,
    displayOrder: typeof order === 'number' ? order : field.displayOrder,
    options: withOptions(field.type, field.options, body['options']),
  }
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function flagOr(value: Json | undefined, otherwise: boolean): boolean {
  return typeof value === 'boolean' ? value : otherwise
}
