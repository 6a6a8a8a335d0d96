import { isDenied, placeKey, type Choice, type Place } from './choice.ts'
import { type ConsentState } from './fold.ts'
import { type Settings } from './integration.ts'
import { isYesNoPath, listPath, lookUp, type LookUpResult } from './paths.ts'
import { claimedAs } from './taken-tag.ts'

/** What a contact begins with when a request creates it (R20). */
export type Beginning = {
  /** Every tag that must be a yes for the status of `new_contact_status` is one. */
  readonly subscribes: boolean
  /** When the newest mapped grant was given; undefined without a grant, or when its time is not known. */
  readonly grantedAt: number | undefined
}

type Document = Pick<Settings, 'mappings'> & { readonly options: Pick<Settings['options'], 'subscribeWhen'> }

/** A mapped path, and what the person's state says of it. */
type Looked = { readonly tag: string; readonly path: string; readonly found: LookUpResult }

/** R20: what a person's state makes of a contact that does not exist yet. */
export function beginningOf(state: ConsentState, { mappings, options }: Document): Beginning {
  const looked = mappings.map(({ id, value }) => ({ tag: claimedAs(id), path: value, found: lookUp(state, value) }))
  return {
    subscribes: isSubscriber(state, looked, options.subscribeWhen),
    grantedAt: newest(grantsAmong(state, looked).map(({ at }) => at)),
  }
}

function isSubscriber(state: ConsentState, looked: readonly Looked[], subscribeWhen: readonly string[]): boolean {
  if (subscribeWhen.length > 0) {
    return subscribeWhen.every(tag => looked.some(each => each.tag === claimedAs(tag) && isGranted(state, each.found)))
  }
  // An ambiguous path was stated at two places, and is no grant.
  const stated = looked.filter(each => each.found.kind === 'choice' || isAmbiguousYesNo(each))
  return stated.length > 0 && stated.every(each => isGranted(state, each.found))
}

const isAmbiguousYesNo = ({ path, found }: Looked): boolean => found.kind === 'ambiguous' && isYesNoPath(path)

/** A yes counts as long as nothing above its place is refused. */
function isGranted(state: ConsentState, found: LookUpResult): boolean {
  if (found.kind !== 'choice' || !found.granted) return false
  return !state.choices.some(({ place, answer }) => isDenied(answer) && isAbove(place, found.place))
}

function isAbove(place: Place, below: Place): boolean {
  const purpose = purposeOf(below)
  if (purpose === undefined || purposeOf(place) !== purpose) return false
  if (place.kind === 'preference') return below.kind === 'channel' && place.preference === below.preference
  return place.kind === 'purpose' && below.kind !== 'purpose'
}

function purposeOf(place: Place): string | undefined {
  if (place.kind === 'vendor' || (place.kind === 'purpose' && place.legitimateInterest)) return undefined
  return place.purpose
}

/** The choices behind each yes, and behind each list in which something is picked. */
function grantsAmong(state: ConsentState, looked: readonly Looked[]): Choice[] {
  const places = new Set(
    looked.flatMap(({ found }) => (found.kind === 'choice' && found.granted ? [placeKey(found.place)] : [])),
  )
  const lists = new Set(looked.flatMap(({ path, found }) => (found.kind === 'text' ? [path] : [])))
  return state.choices.filter(({ place, answer }) => {
    const isPicked = place.kind === 'preference' && !isDenied(answer) && lists.has(listPath(place))
    return isPicked || places.has(placeKey(place))
  })
}

/** A grant with only a bound known may lie before every date (R8). */
function newest(times: readonly number[]): number | undefined {
  const known = times.filter(at => at > 0)
  return known.length === 0 ? undefined : Math.max(...known)
}
