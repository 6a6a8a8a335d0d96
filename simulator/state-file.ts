import { readFileSync } from 'node:fs'
import { realClock } from './clock.ts'
import { parseJson } from './json.ts'
import { seededRandom } from './random.ts'
import { type AudienceSeed, type Seed, addAudience, addKey, seedContact, setUpMergeField } from './seed.ts'
import { readSeed } from './seed-input.ts'
import { BEHAVIOUR, type State, createState } from './state.ts'

const REMEDY = 'Mend the file; simulator/README.md shows its form.'

/** The seed of a state file. An error names the file, every field that is wrong, and the remedy. */
export function readStateFile(path: string): Seed {
  try {
    const value = parseJson(textOf(path))
    if (value === undefined) throw new Error('It is not JSON.')
    const seed = readSeed(value)
    const problems = contradictions(seed)
    if (problems.length > 0) throw new Error(problems.join(' '))
    return seed
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`--state: ${path} cannot be used. ${why} ${REMEDY}`, { cause: error })
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`It cannot be read: ${why}.`, { cause: error })
  }
}

/** What only shows when the parts come together: found by putting them into an account that is thrown away. */
function contradictions({ keys = [], audiences = [] }: Seed): readonly string[] {
  const state = createState(realClock(), seededRandom(1), BEHAVIOUR)
  return [
    ...repeats(keys, ({ key }) => key).map(at => `keys[${at}].key is there twice.`),
    ...repeats(audiences, ({ id }) => id).map(at => `audiences[${at}].id is there twice.`),
    ...keys.flatMap((key, at) => attempt(`keys[${at}]`, () => addKey(state, key))),
    ...audiences.flatMap((audience, at) => audienceProblems(state, audience, `audiences[${at}]`)),
  ]
}

function audienceProblems(state: State, seed: AudienceSeed, place: string): readonly string[] {
  const { merge_fields: fields = [], contacts = [] } = seed
  const audience = addAudience(state, { ...seed, merge_fields: [], contacts: [] })
  return [
    ...repeats(fields, ({ tag }) => tag.toUpperCase()).map(at => `${place}.merge_fields[${at}].tag is there twice.`),
    ...repeats(contacts, contact => contact.email_address.toLowerCase()).map(
      at => `${place}.contacts[${at}].email_address is there twice.`,
    ),
    ...repeats(contacts, ({ contact_id: id, email_address: address }) => id ?? address).map(
      at => `${place}.contacts[${at}].contact_id is there twice.`,
    ),
    ...fields.flatMap((field, at) => attempt(`${place}.merge_fields[${at}]`, () => setUpMergeField(audience, field))),
    ...contacts.flatMap((contact, at) =>
      attempt(`${place}.contacts[${at}]`, () => seedContact(state, audience, contact)),
    ),
  ]
}

/** The positions of what an earlier item was called already. */
function repeats<T>(items: readonly T[], nameOf: (item: T) => string): readonly number[] {
  const seen = new Set<string>()
  return items.flatMap((item, at) => {
    const name = nameOf(item)
    if (seen.has(name)) return [at]
    seen.add(name)
    return []
  })
}

function attempt(place: string, put: () => unknown): readonly string[] {
  try {
    put()
    return []
  } catch (error) {
    return [`${place}: ${error instanceof Error ? error.message : String(error)}`]
  }
}
