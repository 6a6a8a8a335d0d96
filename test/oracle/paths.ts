import { stepsOf, type Place } from './places.ts'
import { type Word } from './words.ts'

/** What a mapped path means, among the places that were ever stated. */
type Meaning =
  | { readonly kind: 'yes/no'; readonly place: Place }
  | { readonly kind: 'list'; readonly preference: Place }
  | { readonly kind: 'attribute'; readonly key: string }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'never stated' }

/** R11: every place is flattened, and whole strings are compared; nothing is ever split. */
export function meaningOf(path: string, words: readonly Word[]): Meaning {
  if (!path.startsWith('consents_')) return { kind: 'attribute', key: path }
  const places = [...new Set(words.map(({ place }) => place))]
  const found = places.filter(place => spellingsOf(place).includes(path))
  const lists = [...new Set(places.flatMap(place => preferenceOf(place) ?? []))]
  const listed = lists.filter(place => listPath(place) === path)
  const meanings: readonly Meaning[] = [
    ...found.map(place => ({ kind: 'yes/no', place }) as const),
    ...listed.map(preference => ({ kind: 'list', preference }) as const),
  ]
  if (meanings.length > 1) return { kind: 'ambiguous' }
  return meanings[0] ?? { kind: 'never stated' }
}

function spellingsOf(place: Place): readonly string[] {
  const steps = stepsOf(place)
  if (steps[2] === 'preferences' && steps[4] === 'list') return []
  if (steps[2] === 'preferences' && steps[4] === 'value') {
    const [, purpose, , preference] = steps
    return [`consents_purposes_${purpose}_values_${preference}_value_${steps.at(-1)}_enabled`]
  }
  const ends = steps.at(-1)?.startsWith('enabled') === true && steps.length === 3 ? [] : ['enabled']
  const channel = steps.at(-2) === 'channels' ? ['channel', 'channels'] : ['']
  return channel.flatMap(word => {
    const all = word === '' ? steps : [...steps.slice(0, -2), word, ...steps.slice(-1)]
    const long = ['consents', ...all, ...ends].join('_')
    const short = steps[2] === 'preferences' ? ['consents', ...all.slice(2), ...ends].join('_') : undefined
    return short === undefined ? [long] : [long, short]
  })
}

/** The preference that a value, a list or a whole answer belongs to. */
function preferenceOf(place: Place): Place | undefined {
  const steps = stepsOf(place)
  return steps[2] === 'preferences' && steps[4] !== 'channels' ? JSON.stringify(steps.slice(0, 4)) : undefined
}

function listPath(preference: Place): string {
  const [, purpose, , id] = stepsOf(preference)
  return `consents_purposes_${purpose}_values_${id}_value`
}
