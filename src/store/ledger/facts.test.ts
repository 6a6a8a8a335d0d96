import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anEvent, denies, eventDeleted, grants, minute, NEWSLETTER, purpose } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addPeople,
  addSource,
  aStore,
  BOB,
  INBOX,
  openStore,
  SOURCE,
  storedFact,
} from '../../../test/store-builders.ts'
import { type Answer, type Place } from '../../domain/choice.ts'
import { type Entity, type Fact } from '../../domain/fact.ts'
import { type Database } from '../engine/database.ts'
import { adoptDeletions, appendFacts, factsOf, sourcesKnowing, type StoredFact } from './facts.ts'
import { personKey } from './source-person.ts'

const NASTY = ['__proto__', 'constructor', 'a\0b', '\0', '\ud800', 'x\udfff', '😀', "'; drop table fact; --", '"\\', '']

const anyId = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
const anyTime = fc.integer({ min: 0, max: 4_102_444_800_000 })
const maybe = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(some, { nil: undefined })

const anyPlace: fc.Arbitrary<Place> = fc.oneof(
  fc.record({ kind: fc.constant('purpose' as const), purpose: anyId, legitimateInterest: fc.boolean() }),
  fc.record({ kind: fc.constant('preference' as const), purpose: anyId, preference: anyId }),
  fc.record({
    kind: fc.constant('channel' as const),
    purpose: maybe(anyId),
    preference: maybe(anyId),
    channel: anyId,
  }),
  fc.record({ kind: fc.constant('vendor' as const), vendor: anyId, legitimateInterest: fc.boolean() }),
)
const anyAnswer: fc.Arbitrary<Answer> = fc.oneof(fc.boolean(), fc.array(anyId, { maxLength: 3 }))
const anyEntity: fc.Arbitrary<Entity> = fc.record({
  version: maybe(fc.maxSafeNat()),
  at: maybe(anyTime),
  statements: fc.array(fc.record({ place: anyPlace, answer: anyAnswer }), { maxLength: 4 }),
  blanks: fc.array(fc.record({ place: anyPlace, why: fc.constantFrom('null', 'gone') }), { maxLength: 2 }),
  attributes: fc.array(fc.record({ path: fc.array(anyId, { maxLength: 3 }), value: anyId }), { maxLength: 3 }),
  lostAttributes: fc.array(fc.array(anyId, { maxLength: 3 }), { maxLength: 2 }),
  hasConsents: fc.boolean(),
})

/** Columns that are searched: what `didomi` lets through as an id. */
const storableId = fc.oneof(
  fc.constantFrom('__proto__', '😀', "'; --", '"\\', '\\u0000', '$1'),
  fc.string({ unit: 'grapheme', minLength: 1 }).filter(text => !text.includes('\0')),
)
const anyFact: fc.Arbitrary<Fact> = fc.record({
  id: fc.constant('fct_any'),
  family: fc.constantFrom('user', 'event'),
  kind: fc.constantFrom('created', 'updated', 'deleted'),
  entityId: storableId,
  userId: fc.oneof(fc.constant(''), storableId),
  names: maybe(storableId),
  at: anyTime,
  statedAt: anyTime,
  datedBy: fc.constantFrom('stamp', 'version', 'receipt'),
  receivedAt: anyTime,
  createdAt: maybe(anyTime),
  status: fc.constantFrom('confirmed', 'pending_approval'),
  regulation: storableId,
  namesRegulation: fc.boolean(),
  after: anyEntity,
  before: maybe(anyEntity),
  cause: maybe(fc.record({ id: storableId, at: maybe(anyTime) })),
})

describe.each(databases)('facts on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const told = async (person = ADA, sourceId = SOURCE) =>
    (await factsOf(db, [{ sourceId, person }])).get(personKey({ sourceId, person })) ?? []

  test('a row of the first release, which says "now" for what was said, is read as it was meant', async () => {
    const fact = anEvent({ id: 'fct_a', says: [grants(NEWSLETTER)] })
    await appendFacts(db, [storedFact({ fact })])
    const content = { createdAt: fact.createdAt, now: fact.after, before: fact.before, cause: fact.cause }
    await db.query('update fact set content = $1', [JSON.stringify(content)])
    const [own] = (await factsOf(db, [{ sourceId: SOURCE, person: ADA }])).values()
    expect(own?.map(({ after }) => after)).toEqual([fact.after])
  })

  test('I2: a fact is kept once per key and source', async () => {
    const again = (id: string, over: Partial<StoredFact> = {}) =>
      storedFact({ fact: anEvent({ id }), key: 'the same', ...over })
    await addSource(db, { id: 'src_b' })
    expect(await appendFacts(db, [again('fct_1')])).toEqual(new Set(['fct_1']))
    expect(await appendFacts(db, [again('fct_2')])).toEqual(new Set())
    expect(await appendFacts(db, [again('fct_3', { sourceId: 'src_b' })])).toEqual(new Set(['fct_3']))
    expect((await told()).map(({ id }) => id)).toEqual(['fct_1'])
  })

  test('I2: a repeat in the same group is not kept, and the rest of the group is', async () => {
    const group = ['fct_1', 'fct_2', 'fct_3'].map(id => storedFact({ fact: anEvent({ id }), key: 'the same' }))
    expect(await appendFacts(db, [...group, storedFact({ fact: anEvent({ id: 'fct_4' }) })])).toEqual(
      new Set(['fct_1', 'fct_4']),
    )
  })

  test('I2: many at once append the same fact once', async () => {
    const appends = Array.from({ length: 10 }, (_, n) =>
      appendFacts(db, [storedFact({ fact: anEvent({ id: `fct_${n}` }), key: 'the same' })]),
    )
    expect((await Promise.all(appends)).flatMap(ids => [...ids])).toHaveLength(1)
  })

  test('every field comes back as it was told, whatever the ids are made of', async () => {
    await fc.assert(
      fc.asyncProperty(anyFact, storableId, async (some, person) => {
        await db.query('delete from fact')
        const fact = { ...some, names: some.names === undefined ? undefined : person }
        await appendFacts(db, [storedFact({ fact, person })])
        expect(await told(person)).toEqual([fact])
      }),
      { numRuns: 60 },
    )
  })

  test.each(NASTY)('a purpose called %j comes back', async id => {
    const fact = anEvent({ id: 'fct_nasty', says: [grants(purpose(id)), denies(purpose(`${id}!`))] })
    await appendFacts(db, [storedFact({ fact })])
    expect(await told()).toEqual([fact])
  })

  test('people are told apart by source and by their whole id', async () => {
    await addSource(db, { id: 'src_b' })
    await addPeople(db, [ADA, BOB])
    await addPeople(db, [ADA], 'src_b')
    const wanted = [
      { sourceId: SOURCE, person: ADA },
      { sourceId: 'src_b', person: ADA },
      { sourceId: 'src_b', person: BOB },
    ]
    const facts = await factsOf(db, wanted)
    expect([...facts.keys()].sort()).toEqual(wanted.slice(0, 2).map(personKey).sort())
    expect(facts.get(personKey({ sourceId: 'src_b', person: ADA }))).toHaveLength(1)
    expect(personKey({ sourceId: 'a', person: 'b,c' })).not.toBe(personKey({ sourceId: 'a,b', person: 'c' }))
  })

  test('facts come in the order in which they came in', async () => {
    const ids = ['fct_3', 'fct_1', 'fct_2']
    await appendFacts(
      db,
      ids.map(id => storedFact({ fact: anEvent({ id, at: minute(9) }) })),
    )
    expect((await told()).map(({ id }) => id)).toEqual(['fct_1', 'fct_2', 'fct_3'])
  })

  test('R5: an anonymous fact is kept and belongs to nobody', async () => {
    expect(await appendFacts(db, [storedFact({ person: undefined })])).toEqual(new Set(['fct_a']))
    expect(await told('')).toEqual([])
    expect(await db.query('select person from fact')).toEqual([{ person: null }])
  })

  test('the sources that know a person are those that told of them', async () => {
    await addSource(db, { id: 'src_b' })
    await addSource(db, { id: 'src_c' })
    await addPeople(db, [ADA])
    await addPeople(db, [ADA, BOB], 'src_c')
    expect(await sourcesKnowing(db, ADA)).toEqual([SOURCE, 'src_c'])
    expect(await sourcesKnowing(db, BOB)).toEqual(['src_c'])
    expect(await sourcesKnowing(db, 'nobody')).toEqual([])
  })

  test('nothing asked, nothing found', async () => {
    expect(await appendFacts(db, [])).toEqual(new Set())
    expect(await factsOf(db, [])).toEqual(new Map())
    expect(await adoptDeletions(db, [])).toEqual([])
  })
})

describe.each(databases)('deletions that do not say whose, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const entity = (entityId = 'event-1', sourceId = SOURCE) => ({ sourceId, entityId })
  const statement = storedFact({ fact: anEvent({ id: 'fct_1', entityId: 'event-1', says: [grants(purpose('a'))] }) })
  const deletion = storedFact({ fact: { ...eventDeleted('event-1'), id: 'fct_2' }, person: undefined })
  const personOf = async (id: string) =>
    (await db.query<{ person: string | null }>('select person from fact where id = $1', [id]))[0]?.person

  test('R6: one that comes after its event is the person’s', async () => {
    await appendFacts(db, [statement])
    await appendFacts(db, [deletion])
    expect(await adoptDeletions(db, [entity()])).toEqual([{ sourceId: SOURCE, person: ADA, userId: 'user-1' }])
    expect(await personOf('fct_2')).toBe(ADA)
  })

  test('R6: one that comes before its event is the person’s as soon as the event comes', async () => {
    await appendFacts(db, [deletion])
    expect(await adoptDeletions(db, [entity()])).toEqual([])
    await appendFacts(db, [statement])
    expect(await adoptDeletions(db, [entity()])).toEqual([{ sourceId: SOURCE, person: ADA, userId: 'user-1' }])
    expect(await personOf('fct_2')).toBe(ADA)
  })

  test('R6: one that comes in the same group as its event is the person’s', async () => {
    await appendFacts(db, [deletion, statement])
    expect(await adoptDeletions(db, [entity(), entity()])).toEqual([
      { sourceId: SOURCE, person: ADA, userId: 'user-1' },
    ])
  })

  test('is adopted once', async () => {
    await appendFacts(db, [statement, deletion])
    await adoptDeletions(db, [entity()])
    expect(await adoptDeletions(db, [entity()])).toEqual([])
  })

  test('another source’s event of the same id says nothing about it', async () => {
    await addSource(db, { id: 'src_b' })
    await appendFacts(db, [statement, { ...deletion, sourceId: 'src_b' }])
    expect(await adoptDeletions(db, [entity('event-1', 'src_b'), entity()])).toEqual([])
    expect(await personOf('fct_2')).toBeNull()
  })

  test('only deletions are adopted, and only those of the entities asked about', async () => {
    const anonymous = storedFact({ fact: anEvent({ id: 'fct_3', entityId: 'event-1' }), person: undefined })
    await appendFacts(db, [statement, deletion, anonymous])
    expect(await adoptDeletions(db, [entity('event-2')])).toEqual([])
    await adoptDeletions(db, [entity()])
    expect(await personOf('fct_3')).toBeNull()
  })

  test('a deletion that says whose keeps to it', async () => {
    await appendFacts(db, [statement, { ...deletion, person: BOB }])
    expect(await adoptDeletions(db, [entity()])).toEqual([])
    expect(await personOf('fct_2')).toBe(BOB)
  })

  test('a fact without its webhook body is refused', async () => {
    await expect(appendFacts(db, [{ ...statement, inboxId: `${INBOX}x` }])).rejects.toThrow('insert into fact')
  })
})
