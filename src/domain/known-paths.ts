import { byText, isDenied, type Choice } from './choice.ts'
import { type Attribute } from './fact.ts'
import { type ConsentState } from './fold.ts'
import { describe, isObjection, listPath, listText, lookUp, stemsOf } from './paths.ts'
import { LIMITS } from './limits.ts'

/** A path that can be mapped, in its usual spelling, and what it gives for one person. */
type KnownPath = {
  readonly path: string
  /** What it names, in words. */
  readonly place: string
  readonly kind: 'yes_no' | 'list' | 'text'
  readonly sample: string
}

/** A path with the one thing in a state that it leads to. */
type Spelled = KnownPath & { readonly choices: readonly Choice[]; readonly attributes: readonly Attribute[] }

/** The inverse of `lookUp`: a path to each thing that is known of a person. */
const spelledIn = (state: ConsentState): Spelled[] => [
  ...state.choices.flatMap(choice =>
    pathsOfChoice(choice).map(known => ({ ...known, choices: [choice], attributes: [] })),
  ),
  ...state.attributes.map(each => ({ ...pathOfAttribute(each), choices: [], attributes: [each] })),
]

function pathsOfChoice({ place, answer }: Choice): KnownPath[] {
  const where = describe(place)
  if (place.kind === 'preference' && typeof answer !== 'boolean') {
    const path = listPath(place)
    const picked = answer.map((id): KnownPath => ({
      path: `${path}_${id}_enabled`,
      place: `${where} › value "${id}"`,
      kind: 'yes_no',
      sample: 'true',
    }))
    return [{ path, place: where, kind: 'list', sample: listText(answer) }, ...picked]
  }
  const leaf = isObjection(place) ? '_enabled_li' : '_enabled'
  const sample = String(!isDenied(answer))
  return stemsOf(place)
    .slice(0, 1)
    .map(stem => ({ path: `${stem}${leaf}`, place: where, kind: 'yes_no', sample }))
}

const pathOfAttribute = ({ path, value }: Attribute): KnownPath => ({
  path: path.join('_'),
  place: path.join(' › '),
  kind: 'text',
  sample: value,
})

/** A path that some people have, with a few of the things that it gives. */
export type SharedPath = Omit<KnownPath, 'sample'> & { readonly people: number; readonly samples: readonly string[] }

const MOST_SAMPLES = 5

/** What would tell who a person is; a sample of it says nothing that its path does not. */
const namesSomebody = (path: string): boolean => path === 'organization_user_id' || path.startsWith('metadata_')

/**
 * The paths of these persons, the one that most of them have first. One that is ambiguous among all of
 * them is left out, as a mapping could not use it (R11), even if no person has both places yet.
 */
export function sharedPaths(states: readonly ConsentState[]): SharedPath[] {
  const shared = new Map<string, SharedPath & Spelled>()
  for (const spelled of states.flatMap(spelledIn)) {
    const key = JSON.stringify([spelled.path, spelled.place])
    const before = shared.get(key) ?? { ...spelled, people: 0, samples: [] }
    shared.set(key, { ...before, people: before.people + 1, samples: sampled(before.samples, spelled) })
  }
  const kept = [...shared.values()]
    .sort((a, b) => b.people - a.people || byText(a.path, b.path))
    .slice(0, LIMITS.suggestedPaths)
  const all = {
    choices: kept.flatMap(({ choices }) => choices),
    attributes: kept.flatMap(({ attributes }) => attributes),
    deletedUsers: [],
  }
  return kept
    .filter(({ path }) => lookUp(all, path).kind !== 'ambiguous')
    .map(({ path, place, kind, people, samples }) => ({ path, place, kind, people, samples }))
}

function sampled(samples: readonly string[], { path, sample }: KnownPath): readonly string[] {
  const isNews = sample !== '' && !samples.includes(sample) && !namesSomebody(path)
  return isNews && samples.length < MOST_SAMPLES ? [...samples, sample] : samples
}
