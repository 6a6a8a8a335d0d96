import { byText, isDenied, placeKey, type Answer, type Choice, type Place } from './choice.ts'
import { type Attribute } from './fact.ts'
import { type ConsentState } from './fold.ts'
import { attributeKey } from './statements.ts'

/** What a mapping path can find in a person's state. */
export type LookUpResult =
  | { readonly kind: 'nothing' }
  | ({ readonly kind: 'choice'; readonly place: Place; readonly granted: boolean } & Ground)
  | ({ readonly kind: 'text'; readonly text: string } & Ground)
  | { readonly kind: 'ambiguous'; readonly between: readonly string[] }

/** Whether all that was granted there was taken away (R6), and what it was by then. */
type Ground = { readonly isRetracted?: true; readonly had?: Answer }

type Exit = { readonly where: string; readonly found: LookUpResult }

/**
 * R11: finds what `path` names by flattening the person's actual state and comparing whole strings. Ids contain `_`
 * and `-`, so a path is never split. Two places under one string are ambiguous and both are named.
 */
export function lookUp(state: ConsentState, path: string): LookUpResult {
  const exits = [
    ...state.choices.flatMap(choice => exitsOf(choice, path)),
    ...state.attributes.flatMap(attribute => exitOf(attribute, path)),
  ]
  const places = [...new Set(exits.map(exit => exit.where))].sort(byText)
  if (places.length > 1) return { kind: 'ambiguous', between: places }
  return exits[0]?.found ?? { kind: 'nothing' }
}

/** The keys of the places and attributes that `path` names. */
export const groundsOf = (state: ConsentState, path: string): string[] => [
  ...state.choices.flatMap(choice => (exitsOf(choice, path).length > 0 ? [placeKey(choice.place)] : [])),
  ...state.attributes.flatMap(attribute => (exitOf(attribute, path).length > 0 ? [attributeKey(attribute.path)] : [])),
]

/** Paths that end so hold a yes or no, for every person. */
export const isYesNoPath = (path: string): boolean => path.endsWith('_enabled') || path.endsWith('_enabled_li')

function exitsOf({ place, answer, retracted, had }: Choice, path: string): Exit[] {
  // Every spelling has the id in it. Very many places are looked through for every mapped path.
  if (!path.includes(idOf(place))) return []
  const where = describe(place)
  const ground: Ground = retracted === undefined || had === undefined ? {} : { isRetracted: true, had }
  const exits: Exit[] = []
  const leaf = isObjection(place) ? '_enabled_li' : '_enabled'
  for (const stem of stemsOf(place)) {
    if (path === stem + leaf)
      exits.push({ where, found: { kind: 'choice', place, granted: !isDenied(answer), ...ground } })
  }
  if (place.kind === 'preference') exits.push(...selectionExits({ place, answer, ground }, path))
  return exits
}

function idOf(place: Place): string {
  switch (place.kind) {
    case 'purpose':
      return place.purpose
    case 'preference':
      return place.preference
    case 'channel':
      return place.channel
    case 'vendor':
      return place.vendor
  }
}

export const listPath = ({ purpose, preference }: Place & { kind: 'preference' }): string =>
  `consents_purposes_${purpose}_values_${preference}_value`

/** The path gives the list of ids that the person picked, so that losing one of them is a withdrawal. */
export const isPickedList = (state: ConsentState, path: string): boolean =>
  state.choices.some(
    ({ place }) => place.kind === 'preference' && path.includes(place.preference) && listPath(place) === path,
  )

type Selection = {
  readonly place: Place & { kind: 'preference' }
  readonly answer: Answer
  readonly ground: Ground
}

/** R13: picked ids in one order, not the one in which they were picked. */
export const listText = (ids: readonly string[]): string => [...new Set(ids)].sort(byText).join(',')

/**
 * The flat values of API v2: `…_values_X_value` is the list of ids picked, `…_values_X_value_V_enabled` whether V is
 * among them. An id that the person did not pick is denied even if no person ever picked it, and a preference that is
 * denied as a whole denies each of its values (R13). One that is granted as a whole says of no value that it is picked.
 */
function selectionExits({ place, answer, ground }: Selection, path: string): Exit[] {
  const where = describe(place)
  const stem = listPath(place)
  if (path === stem) {
    const text = typeof answer === 'boolean' ? String(answer) : listText(answer)
    return [{ where, found: { kind: 'text', text, ...ground } }]
  }
  const [start, end] = [`${stem}_`, '_enabled']
  if (answer === true) return []
  if (!path.startsWith(start) || !path.endsWith(end) || path.length <= start.length + end.length) return []
  const id = path.slice(start.length, -end.length)
  const had = ground.had === undefined ? {} : { had: allows(ground.had, id) }
  return [{ where, found: { kind: 'choice', place, granted: allows(answer, id), ...ground, ...had } }]
}

const allows = (answer: Answer, id: string): boolean => (typeof answer === 'boolean' ? answer : answer.includes(id))

const exitOf = (attribute: Attribute, path: string): Exit[] =>
  path.endsWith(attribute.path.at(-1) ?? '') && attribute.path.join('_') === path
    ? [{ where: attribute.path.join(' › '), found: { kind: 'text', text: attribute.value } }]
    : []

export const isObjection = (place: Place): boolean =>
  (place.kind === 'purpose' || place.kind === 'vendor') && place.legitimateInterest

/** Every spelling under which Didomi’s pages write a place, the usual one first; `channel` and `channels` are both in use. */
export function stemsOf(place: Place): string[] {
  switch (place.kind) {
    case 'purpose':
      return [`consents_purposes_${place.purpose}`]
    case 'vendor':
      return [`consents_vendors_${place.vendor}`]
    case 'preference':
      return preferenceStems(place)
    case 'channel':
      return channelParents(place).flatMap(parent => [
        `${parent}_channel_${place.channel}`,
        `${parent}_channels_${place.channel}`,
      ])
  }
}

const preferenceStems = ({ purpose, preference }: { readonly purpose: string; readonly preference: string }) => [
  `consents_purposes_${purpose}_preferences_${preference}`,
  `consents_preferences_${preference}`,
]

function channelParents({ purpose, preference }: Place & { kind: 'channel' }): string[] {
  if (purpose === undefined) return ['consents']
  if (preference === undefined) return [`consents_purposes_${purpose}`]
  return preferenceStems({ purpose, preference })
}

/** A place in words that show its ids apart, for people who must tell two of them from each other. */
export function describe(place: Place): string {
  const objection = isObjection(place) ? ' (legitimate interest)' : ''
  switch (place.kind) {
    case 'purpose':
      return `purpose "${place.purpose}"${objection}`
    case 'vendor':
      return `vendor "${place.vendor}"${objection}`
    case 'preference':
      return `purpose "${place.purpose}" › preference "${place.preference}"`
    case 'channel':
      return [
        place.purpose === undefined ? undefined : `purpose "${place.purpose}"`,
        place.preference === undefined ? undefined : `preference "${place.preference}"`,
        `channel "${place.channel}"`,
      ]
        .filter(part => part !== undefined)
        .join(' › ')
  }
}
