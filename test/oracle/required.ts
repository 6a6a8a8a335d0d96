import { attributeStory } from './attributes.ts'
import { type Asked, type Named, namedContacts } from './contacts.ts'
import { eventWords } from './event-words.ts'
import { livesIn, type Life } from './lives.ts'
import { meaningOf } from './paths.ts'
import { READINGS, type Reading } from './persons.ts'
import { stepsOf, type Place } from './places.ts'
import { toldBy, type Received } from './record.ts'
import { verdictOn, type Verdict } from './resolve.ts'
import { userWords, withdrawn } from './user-words.ts'
import { listPlace, universeOf, type Word } from './words.ts'

/** What we must have written last, to one contact under one tag. */
export type Required = {
  readonly audience: string
  /** As Mailchimp's paths name the contact. */
  readonly contact: string
  readonly tag: string
  readonly integration: string
  readonly persons: readonly string[]
  /** Who named it before. */
  readonly leavers: readonly string[]
  /** When the last of those who named it before ceased to, by the facts; infinite while a person does. */
  readonly leftAt: number
  /** Any of these will do; more than one only where the rules have two readings. Lists are compared as sets. */
  readonly values: readonly string[]
  readonly isList: boolean
  /** Nothing need have been written: never stated, or only taken away, which creates nobody. */
  readonly mayBeUnwritten: boolean
  /** The statement that decided it, where there is one alone: when we were told, and what it said (I19, R21). */
  readonly decided: { readonly receivedAt: number; readonly denies: boolean } | undefined
  readonly why: string
}

/** What all facts give with nothing believed (I18), for every contact that this integration's people name. */
export function requiredOf(received: readonly Received[], asked: Asked): readonly Required[] {
  const told = toldBy(received.filter(({ source }) => source === asked.source))
  const lives = livesIn(told)
  const words = wordsOf(lives, asked)
  const readings = READINGS.map(reading => ({
    reading,
    named: namedContacts(words, lives, { asked, reading }),
  }))
  const contacts = new Set(readings.flatMap(({ named }) => named.map(({ contact }) => contact)))
  return [...contacts].flatMap(contact =>
    asked.mappings.map(({ id, value }) => {
      const [strict, loose] = readings.map(({ reading, named }) => {
        const one = named.find(each => each.contact === contact) ?? {
          contact,
          persons: [],
          words: [],
          leavers: [],
          leftAt: -Infinity,
        }
        return oneReading(one, { path: value, asked, lives, reading })
      })
      const leavers = readings.flatMap(({ named }) =>
        named.flatMap(each => (each.contact === contact ? each.leavers : [])),
      )
      return both(strict, loose, { asked, contact, tag: id, leavers: [...new Set(leavers)] })
    }),
  )
}

function wordsOf(lives: readonly Life[], { family, regulations, onUserDeleted, mappings }: Asked): readonly Word[] {
  const paths = mappings.map(({ value }) => value)
  const universe = universeOf(
    lives.flatMap(({ records }) => records),
    paths,
  )
  const withdraws = onUserDeleted === 'withdraw'
  const all = lives.flatMap(life => {
    if (family === 'user') return userWords(life, universe, withdraws)
    const words = eventWords(life, universe)
    const end = life.records.find(({ family: each, verb }) => each === 'user' && verb === 'deleted')
    return withdraws && end ? [...words, ...withdrawn(words, end)] : words
  })
  return all.filter(({ regulation }) => regulations.includes(regulation))
}

type One = {
  readonly value: string | undefined
  /** Will do as well. */
  readonly orElse?: string
  readonly isList: boolean
  readonly persons: readonly string[]
  readonly leftAt: number
  readonly mayBeUnwritten: boolean
  readonly verdict: Verdict | undefined
  readonly why: string
}

type Question = {
  readonly path: string
  readonly asked: Asked
  readonly lives: readonly Life[]
  readonly reading: Reading
}

function oneReading(named: Named, { path, asked, lives, reading }: Question): One {
  const { persons, words, leftAt } = named
  const cleared = asked.noChoice === 'clear' && persons.length > 0 ? '' : undefined
  const free = { value: undefined, isList: false, persons, leftAt, mayBeUnwritten: true, verdict: undefined }
  const meaning = meaningOf(path, words)
  switch (meaning.kind) {
    case 'ambiguous':
      return { ...free, why: 'the path means two places' }
    case 'never stated':
      return { ...free, value: cleared, mayBeUnwritten: cleared === undefined, why: 'never stated' }
    case 'attribute':
      return { ...free, ...attributeOf(meaning.key, persons, { asked, lives, reading }) }
    case 'yes/no':
      return yesOrNo(verdictOn(meaning.place, words, reading), named, asked.noChoice)
    case 'list':
      return listed(meaning.preference, named, reading)
  }
}

function yesOrNo(verdict: Verdict | undefined, { persons, leftAt }: Named, noChoice: Asked['noChoice']): One {
  const says = verdict?.says
  // What someone granted who left is taken back only where it was written.
  const isLeft = persons.length === 0 || verdict?.word.isLeavers === true
  const no = says === 'retracted' && noChoice === 'clear' ? '' : 'false'
  return {
    value: says === undefined ? undefined : says === 'granted' ? 'true' : no,
    isList: false,
    persons,
    leftAt,
    mayBeUnwritten: says === undefined || (says === 'retracted' && isLeft),
    verdict,
    why: says ?? 'never stated',
  }
}

/** R13: a list holds the values that are granted; what is denied or retracted is not in it. */
function listed(preference: Place, { persons, words, leftAt }: Named, reading: Reading): One {
  const at = stepsOf(preference)
  const isValue = (place: Place): boolean => {
    const steps = stepsOf(place)
    return steps[4] === 'value' && at.every((step, index) => steps[index] === step)
  }
  const places = [...new Set(words.map(({ place }) => place))].filter(isValue)
  const verdicts = places.flatMap(place => {
    const verdict = verdictOn(place, words, reading)
    return verdict ? [{ value: stepsOf(place).at(-1) ?? '', verdict }] : []
  })
  const picked = verdicts.filter(({ verdict }) => verdict.says === 'granted').map(({ value }) => value)
  const list = verdictOn(listPlace(preference), words, reading)
  const whole = verdictOn(preference, words, reading)
  const decisive = verdicts.map(({ verdict }) => verdict).toSorted((a, b) => b.word.receivedAt - a.word.receivedAt)[0]
  // Values picked after their preference was refused as a whole: either may be meant.
  const isRefused = whole?.says === 'denied'
  const isStated = list !== undefined || whole?.says === 'denied' || verdicts.length > 0
  return {
    value: isStated ? picked.toSorted().join(',') : undefined,
    ...(isStated && isRefused && reading === 'loose' ? { orElse: 'false' } : {}),
    isList: true,
    persons,
    leftAt,
    // A whole preference denied of which no list was ever seen: there is nothing that an empty list would take back.
    // What a list of someone who left held not takes from the lists of others, and where there is none, from nothing.
    mayBeUnwritten: picked.length === 0 && (list === undefined || (persons.length === 0 && whole?.says !== 'denied')),
    verdict: decisive ?? list,
    why: isStated ? 'a list' : 'never stated',
  }
}

/** Attributes are written only while one person names the contact (R16b). */
function attributeOf(
  key: string,
  persons: readonly string[],
  { asked, lives, reading }: Pick<Question, 'asked' | 'lives' | 'reading'>,
): Partial<One> & { why: string } {
  const [person] = persons
  if (person === undefined || persons.length > 1) return { why: 'not exactly one person names the contact' }
  const { family, regulations } = asked
  const story = attributeStory(lives, { key, family, regulations, reading }).filter(held => held.person === person)
  const latest = story.at(-1)
  const isTied = story.some(held => held !== latest && held.at === latest?.at && held.value !== latest.value)
  if (latest?.value === undefined || isTied) return { why: 'no such attribute, or two of one time' }
  return { value: latest.value, mayBeUnwritten: false, why: 'an attribute' }
}

type Where = {
  readonly asked: Asked
  readonly contact: string
  readonly tag: string
  readonly leavers: readonly string[]
}

/** The stricter reading says when and why; a value of either reading will do. */
function both(strict: One | undefined, loose: One | undefined, { asked, contact, tag, leavers }: Where): Required {
  const ones = [strict, loose].flatMap(one => one ?? [])
  const verdict = strict?.value === loose?.value && strict?.verdict?.word.stands ? strict.verdict : undefined
  return {
    audience: asked.audience,
    contact,
    tag,
    integration: asked.id,
    persons: [...new Set(ones.flatMap(({ persons }) => persons))],
    leavers,
    leftAt: Math.max(...ones.map(({ leftAt }) => leftAt)),
    values: [...new Set(ones.flatMap(({ value, orElse }) => [value ?? [], orElse ?? []].flat()))],
    isList: ones.some(({ isList }) => isList),
    mayBeUnwritten: ones.some(({ mayBeUnwritten }) => mayBeUnwritten),
    decided: verdict && { receivedAt: verdict.word.receivedAt, denies: verdict.says === 'denied' },
    why: [...new Set(ones.map(({ why }) => why))].join(', or '),
  }
}
