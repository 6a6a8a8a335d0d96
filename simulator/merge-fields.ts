import { type Answer, noContent } from './answers.ts'
import type { Call } from './call.ts'
import { type Json, type JsonObject, isArray, isObject, phpTypeOf } from './json.ts'
import { filtered, page } from './paging.ts'
import { type FieldError, type Problem, invalid, invalidFields, notFound } from './problems.ts'
import type { Audience, MergeField, MergeFieldType, State } from './state.ts'

const TYPES: readonly MergeFieldType[] = [
  'text',
  'number',
  'address',
  'phone',
  'date',
  'url',
  'imageurl',
  'radio',
  'dropdown',
  'birthday',
  'zip',
]

/** Per audience; 80 on the Premium plan (reported). */
const MOST_FIELDS = 30
const LONGEST_TAG = 10

function mergeFieldView(audience: Audience, field: MergeField): JsonObject {
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
  const made = addMergeField(audience, call.body)
  return 'title' in made ? made : filtered(mergeFieldView(audience, made), { query: new URLSearchParams() })
}

/** Adds the field the body describes, or says what Mailchimp has against it. */
export function addMergeField(audience: Audience, body: JsonObject): MergeField | Problem {
  const missing = ['name', 'type'].filter(name => typeof body[name] !== 'string')
  const errors = [
    ...(missing.length > 0 ? [{ field: '', message: `Required fields were not provided: ${missing.join(', ')}` }] : []),
    ...shapeErrors(body),
  ]
  if (errors.length > 0) return invalidFields(errors)
  if (audience.mergeFields.length >= MOST_FIELDS) return tooMany()
  const mergeId = audience.lastMergeId + 1
  const tag = text(body['tag'])?.toUpperCase() ?? `MMERGE${mergeId}`
  const taken = takenTag(audience, tag)
  if (taken) return taken
  const type = TYPES.find(known => known === body['type']) ?? 'text'
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
      options: defaultOptions(type),
    },
    body,
  )
  audience.lastMergeId = mergeId
  audience.mergeFields = inDisplayOrder([...audience.mergeFields, field])
  return field
}

/** The type of a field never changes: Mailchimp's description has no `type` here, so one that differs is refused. */
export function patchMergeField(_state: State, audience: Audience, call: Call): Answer | Problem {
  const field = findMergeField(audience, call)
  if (!field) return notFound()
  const errors = shapeErrors(call.body)
  if (errors.length > 0) return invalidFields(errors)
  if (call.body['type'] !== undefined && call.body['type'] !== field.type) {
    return invalidFields([{ field: 'type', message: 'The type of a merge field cannot be changed.' }])
  }
  const tag = text(call.body['tag'])?.toUpperCase() ?? field.tag
  const taken = tag === field.tag ? undefined : takenTag(audience, tag)
  if (taken) return taken
  const changed = withBody({ ...field, tag }, call.body)
  audience.mergeFields = inDisplayOrder(audience.mergeFields.map(other => (other === field ? changed : other)))
  if (tag !== field.tag) renameValues(audience, field.tag, tag)
  return filtered(mergeFieldView(audience, changed), { query: new URLSearchParams() })
}

/** Deleting a field deletes its values with it. */
export function deleteMergeField(_state: State, audience: Audience, call: Call): Answer | Problem {
  const field = findMergeField(audience, call)
  if (!field) return notFound()
  audience.mergeFields = audience.mergeFields.filter(other => other !== field)
  for (const [id, member] of audience.members) {
    const { [field.tag]: _gone, ...mergeValues } = member.mergeValues
    audience.members.set(id, { ...member, mergeValues })
  }
  return noContent()
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
    ...['name', 'tag', 'type', 'default_value', 'help_text'].flatMap(name => typeError(body, name, 'string')),
    ...['required', 'public'].flatMap(name => typeError(body, name, 'boolean')),
    ...typeError(body, 'display_order', 'integer'),
    ...typeError(body, 'options', 'object'),
  ]
  const type = text(body['type'])
  if (type !== undefined && !TYPES.some(known => known === type)) {
    errors.push({ field: 'type', message: `Data presented is not one of the accepted values: ${TYPES.join(', ')}` })
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

function typeError(body: JsonObject, field: string, type: string): readonly FieldError[] {
  const value = body[field]
  if (value === undefined || phpTypeOf(value) === type) return []
  return [{ field, message: `Schema describes ${type}, ${phpTypeOf(value)} found instead` }]
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
    options: { ...field.options, ...readOptions(body['options']) },
  }
}

function readOptions(value: Json | undefined): MergeField['options'] {
  if (!isObject(value)) return {}
  const { size, date_format, phone_format, default_country, choices } = value
  return {
    ...(typeof size === 'number' ? { size } : {}),
    ...(typeof date_format === 'string' ? { date_format } : {}),
    ...(typeof phone_format === 'string' ? { phone_format } : {}),
    ...(typeof default_country === 'number' ? { default_country } : {}),
    ...(isArray(choices) ? { choices: choices.filter(choice => typeof choice === 'string') } : {}),
  }
}

function defaultOptions(type: MergeFieldType): MergeField['options'] {
  switch (type) {
    case 'text':
      return { size: 25 }
    case 'address':
      return { default_country: 164 }
    case 'phone':
      return { phone_format: 'none' }
    case 'date':
      return { date_format: 'MM/DD/YYYY' }
    case 'birthday':
      return { date_format: 'MM/DD' }
    case 'radio':
    case 'dropdown':
      return { choices: [] }
    default:
      return {}
  }
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function flagOr(value: Json | undefined, otherwise: boolean): boolean {
  return typeof value === 'boolean' ? value : otherwise
}
