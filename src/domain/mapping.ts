import { isDenied, type Answer } from './choice.ts'
import { type ConsentState } from './fold.ts'
import { type MappingRule, type Settings } from './integration.ts'
import { fitText, fitYesNo, saysNo, type FieldValue, type Fit, type MergeField } from './merge-field.ts'
import { beginningOf, type Beginning } from './new-contact.ts'
import { groundsOf, isPickedList, lookUp, type LookUpResult } from './paths.ts'
import { lowerAscii } from './person.ts'
import { type Heard } from './statements.ts'
import { claimedAs, takenDetail, type TakenTag } from './taken-tag.ts'
import { mergeField, nameOf } from './target.ts'

/** Why a mapped field is not sent this time although there is something to say. */
export type SetAside = {
  readonly tag: string
  readonly path: string
  readonly code:
    | 'merge_tag_missing'
    | 'merge_field_mismatch'
    | 'value_unfit'
    | 'value_refused'
    | 'path_ambiguous'
    | 'tag_taken'
    | 'contact_renamed'
    | 'upgrade_unaccepted'
    | 'many_retractions'
  readonly detail: string
}

/** What an integration should make of one person: the merge fields it fills, and what it cannot fill. */
export type Desired = {
  /** By the key of their target. */
  readonly fields: Readonly<Record<string, FieldValue>>
  readonly setAside: readonly SetAside[]
  /** Some mapped place rests on what a fact states: what was only taken back creates no contact (R6, R20). */
  readonly isStated: boolean
  /** What a contact has that the request creates (R20). */
  readonly beginning: Beginning
  /** Targets that hold a list of picked ids: one that is missing from it later was withdrawn. */
  readonly lists: readonly string[]
  /** Targets whose value rests on a retraction alone (R6c, R16f); absent when there are none. */
  readonly retracted?: readonly string[]
  /** Of a retracted list, what the person left in it by their own word; absent when there is none. */
  readonly had?: Readonly<Record<string, readonly string[]>>
}

/** R13: without the values that Mailchimp refused last time, so that the other fields can be delivered. */
export function withoutRefused(desired: Desired, refused: Desired['fields']): Desired {
  const isRefused = (key: string): boolean => Object.hasOwn(refused, key) && refused[key] === desired.fields[key]
  const keys = Object.keys(desired.fields).filter(isRefused)
  if (keys.length === 0) return desired
  const setAside = keys.map((key): SetAside => ({
    tag: nameOf(key),
    path: '',
    code: 'value_refused',
    detail: `Mailchimp refused the value for ${nameOf(key)}`,
  }))
  return {
    ...desired,
    fields: Object.fromEntries(Object.entries(desired.fields).filter(([key]) => !isRefused(key))),
    setAside: [...desired.setAside, ...setAside],
  }
}

/** R16c: without the tags that another integration fills; what there is to say of them is set aside. */
export function withoutTaken(desired: Desired, taken: readonly TakenTag[]): Desired {
  if (taken.length === 0) return desired
  const ownerOf = (tag: string): TakenTag | undefined => taken.find(each => each.tag === claimedAs(tag))
  const kept = desired.setAside.filter(({ tag }) => !ownerOf(tag))
  const unsaid = desired.setAside.filter(({ tag }) => ownerOf(tag))
  const unsent = Object.keys(desired.fields).map(key => ({ tag: nameOf(key), path: '' }))
  const aside = [...unsaid, ...unsent].flatMap(({ tag, path }): SetAside[] => {
    const owner = ownerOf(tag)
    return owner ? [{ tag, path, code: 'tag_taken', detail: takenDetail([owner]) }] : []
  })
  return {
    ...desired,
    fields: Object.fromEntries(Object.entries(desired.fields).filter(([key]) => !ownerOf(nameOf(key)))),
    setAside: [...kept, ...aside],
  }
}

/** R16e: what may be written to a contact that goes by another address now: only what is denied. */
export function withoutGrants(desired: Desired): Desired {
  const granted = Object.keys(desired.fields).filter(key => !saysNo(desired.fields[key]))
  const aside = granted.map((key): SetAside => ({
    tag: nameOf(key),
    path: '',
    code: 'contact_renamed',
    detail: `the contact goes by another address at Mailchimp, so ${nameOf(key)} is not written`,
  }))
  return {
    ...desired,
    fields: Object.fromEntries(Object.entries(desired.fields).filter(([key]) => !granted.includes(key))),
    setAside: [...desired.setAside, ...aside],
  }
}

export type Audience = { readonly fields: readonly MergeField[] }

/**
 * R11–R15: a person's state through the mapping of one integration. A path with no choice made leaves its merge
 * field alone, or clears it under `no_choice: "clear"`; one that was retracted is denied, or cleared likewise.
 */
export function desiredFor(
  state: ConsentState,
  settings: Pick<Settings, 'mappings' | 'options'>,
  audience: Audience,
): Desired {
  const looked = settings.mappings.map(rule => ({ rule, found: lookUp(state, rule.value) }))
  const results = looked.map(each => applyRule(each, settings.options.noChoice, audience))
  const lost = results.flatMap((result, index) => {
    const had = hadAt(looked[index]?.found)
    return result.kind === 'field' && had !== undefined && !isDenied(had) ? [{ key: result.key, had }] : []
  })
  const lists = lost.flatMap(({ key, had }) => (typeof had === 'boolean' ? [] : [[key, had] as const]))
  return {
    ...(lost.length > 0 ? { retracted: lost.map(({ key }) => key) } : {}),
    ...(lists.length > 0 ? { had: Object.fromEntries(lists) } : {}),
    fields: Object.fromEntries(
      results.flatMap(result => (result.kind === 'field' ? [[result.key, result.value]] : [])),
    ),
    setAside: results.flatMap(result => (result.kind === 'set aside' ? [result.why] : [])),
    isStated: looked.some(({ found }) => isStated(found)),
    beginning: beginningOf(state, settings),
    lists: settings.mappings.flatMap(({ id, value }) => {
      const field = isPickedList(state, value) ? fieldOf(audience, id) : undefined
      return field ? [mergeField(field.tag)] : []
    }),
  }
}

type Result =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'field'; readonly key: string; readonly value: FieldValue }
  | { readonly kind: 'set aside'; readonly why: SetAside }

type Looked = { readonly rule: MappingRule; readonly found: LookUpResult }

function applyRule({ rule, found }: Looked, noChoice: 'keep' | 'clear', audience: Audience): Result {
  const aside = (code: SetAside['code'], detail: string): Result => ({
    kind: 'set aside',
    why: { tag: rule.id, path: rule.value, code, detail },
  })
  if (found.kind === 'ambiguous')
    return aside('path_ambiguous', `could mean ${found.between.join(' or ')}: rename one of them in Didomi`)
  if (found.kind === 'nothing' && noChoice === 'keep') return { kind: 'untouched' }
  const isCleared = noChoice === 'clear' && !isStated(found)
  const field = fieldOf(audience, rule.id)
  if (!field) return aside('merge_tag_missing', `the audience has no merge tag ${rule.id}`)
  const fit = isCleared ? ({ kind: 'fits', value: '' } as const) : fitFound(found, field)
  if (fit.kind === 'fits') return { kind: 'field', key: mergeField(field.tag), value: fit.value }
  return aside(fit.kind === 'mismatch' ? 'merge_field_mismatch' : 'value_unfit', `${field.tag} ${fit.detail}`)
}

/** R14: the permanent id of each merge field, by target. */
export const fieldIdsOf = ({ fields }: Audience): Readonly<Record<string, number>> =>
  Object.fromEntries(fields.flatMap(({ tag, mergeId }) => (mergeId === undefined ? [] : [[mergeField(tag), mergeId]])))

/** R21: by target, the newest fact that states something at a place behind it. */
export function heardFor(
  { state, heard }: { readonly state: ConsentState; readonly heard: ReadonlyMap<string, string> },
  { mappings }: Pick<Settings, 'mappings'>,
  audience: Audience,
): Heard {
  const newest = mappings.flatMap(({ id, value }): [string, string][] => {
    const field = fieldOf(audience, id)
    const facts = groundsOf(state, value).flatMap(key => heard.get(key) ?? [])
    return field && facts.length > 0 ? [[mergeField(field.tag), facts.reduce((a, b) => (a > b ? a : b))]] : []
  })
  return Object.fromEntries(newest)
}

type Found = Extract<LookUpResult, { readonly kind: 'choice' | 'text' }>

const isFound = (found: LookUpResult | undefined): found is Found => found?.kind === 'choice' || found?.kind === 'text'

/** What a retraction took; what was denied by then had been taken back by the person (R33). */
const hadAt = (found: LookUpResult | undefined): Answer | undefined => (isFound(found) ? found.had : undefined)

const isStated = (found: LookUpResult): boolean => isFound(found) && found.isRetracted !== true

/** Mailchimp matches merge tags in any case. */
export const fieldOf = (audience: Audience, tag: string): MergeField | undefined =>
  audience.fields.find(field => lowerAscii(field.tag) === lowerAscii(tag))

function fitFound(found: Exclude<LookUpResult, { kind: 'ambiguous' }>, field: MergeField): Fit {
  switch (found.kind) {
    case 'nothing':
      return { kind: 'fits', value: '' }
    case 'choice':
      return fitYesNo(found.granted, field)
    case 'text':
      return fitText(found.text, field)
  }
}
