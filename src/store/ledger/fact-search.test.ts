import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anEvent, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addArrival,
  addIntegration,
  addSource,
  aStore,
  BOB,
  openStore,
  SOURCE,
  storedFact,
} from '../../../test/store-builders.ts'
import { recordEndings, recordIntents } from '../debts/attempts.ts'
import { type Database } from '../engine/database.ts'
import { searchFacts, type Bounds, type FactSearch } from './fact-search.ts'
import { appendFacts } from './facts.ts'

const OTHER = 'src_b'

/** A fact, and how each attempt that carried it ended. */
type Made = {
  readonly kind: 'created' | 'deleted'
  readonly at: number
  readonly person: string | undefined
  readonly sourceId: string
  readonly ends: readonly AttemptMade[]
}
type AttemptMade = { readonly status: number | undefined; readonly reason: string | undefined } | 'under way'

const WENT_WELL = { status: 200, reason: undefined }
const NO_CONTACT = { status: 404, reason: 'no_such_contact' }
const NO_AUDIENCE = { status: 404, reason: 'audience_missing' }
const NO_ANSWER = { status: undefined, reason: 'timed_out' }
const DROPPED = { status: 200, reason: 'field_dropped' }

const made = (over: Partial<Made> = {}): Made => ({
  kind: 'created',
  at: 0,
  person: ADA,
  sourceId: SOURCE,
  ends: [],
  ...over,
})
const idOf = (index: number): string => `fct_${String(index).padStart(4, '0')}`

async function keep(db: Database, all: readonly Made[]): Promise<void> {
  await appendFacts(
    db,
    all.map(({ kind, at, person, sourceId }, index) =>
      storedFact({
        fact: anEvent({ id: idOf(index), kind, receivedAt: MORNING + at }),
        person,
        sourceId,
        inboxId: sourceId === OTHER ? 'inb_b' : 'inb_a',
      }),
    ),
  )
  const attempts = all.flatMap(({ at, person, sourceId, ends }, index) =>
    person === undefined ? [] : ends.map((end, n) => ({ end, n, index, at: MORNING + at, person, sourceId })),
  )
  await recordIntents(
    db,
    attempts.map(({ n, index, at, person, sourceId }) => ({
      id: `att_${index}_${n}`,
      integrationId: sourceId === OTHER ? 'int_b' : 'int_a',
      person,
      revision: 1,
      startedAt: at,
      method: 'PATCH',
      path: '/',
      request: {},
      carried: [
        { factId: 'fct_gone', receivedAt: at, withdrawal: false },
        { factId: idOf(index), receivedAt: at, withdrawal: false },
      ],
    })),
  )
  await recordEndings(
    db,
    attempts.flatMap(({ end, n, index, at }) =>
      end === 'under way'
        ? []
        : [
            {
              ...end,
              id: `att_${index}_${n}`,
              finishedAt: at,
              answer: undefined,
              requestId: undefined,
              outcome: 'any',
              detail: undefined,
            },
          ],
    ),
  )
}

type Question = Omit<FactSearch, 'before' | 'limit'>
type Walk = { readonly limit?: number; readonly bounds?: Bounds }

/** All pages, as a caller of the API asks for them. */
async function walk(db: Database, question: Question, { limit = 10, bounds }: Walk = {}): Promise<string[]> {
  const found: string[] = []
  for (let before: string | undefined = ''; before !== undefined;) {
    const { facts, lookedTo } = await searchFacts(db, { ...question, before, limit: limit + 1 }, bounds)
    const shown = facts.slice(0, limit).map(({ id }) => id)
    found.push(...shown)
    before = facts.length > limit ? shown.at(-1) : lookedTo
  }
  return found
}

const SMALL: readonly Bounds[] = [
  { byType: 1, byAttempt: 1, few: 0 },
  { byType: 3, byAttempt: 2, few: 0 },
  { byType: 1_000, byAttempt: 1_000, few: 1_000 },
]

describe.each(databases)('facts as they are searched, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  afterAll(() => db.close())
  beforeEach(() => emptied(db))

  const found = (question: Question) => walk(db, question)

  test('are those of a type', async () => {
    await keep(db, [made(), made({ kind: 'deleted' }), made({ person: undefined })])
    expect(await found({ type: 'event.deleted' })).toEqual(['fct_0001'])
    expect(await found({ type: 'event.created' })).toEqual(['fct_0002', 'fct_0000'])
    expect(await found({ type: 'user.created' })).toEqual([])
  })

  test('are those that an attempt carried which was answered so, or got no answer, or has the reason', async () => {
    const ends = [
      [WENT_WELL],
      [NO_CONTACT, WENT_WELL],
      [NO_AUDIENCE, NO_CONTACT],
      [NO_ANSWER],
      ['under way'],
      [DROPPED],
      [],
    ] as const
    await keep(
      db,
      ends.map(each => made({ ends: each })),
    )
    expect(await found({ ended: { status: 200 } })).toEqual(['fct_0005', 'fct_0001', 'fct_0000'])
    expect(await found({ ended: { status: 404 } })).toEqual(['fct_0002', 'fct_0001'])
    expect(await found({ ended: { status: 429 } })).toEqual([])
    expect(await found({ ended: { status: 'none' } })).toEqual(['fct_0003'])
    expect(await found({ ended: { reason: 'audience_missing' } })).toEqual(['fct_0002'])
    expect(await found({ ended: { status: 200, reason: 'field_dropped' } })).toEqual(['fct_0005'])
    expect(await found({ ended: { status: 200, reason: 'no_such_contact' } })).toEqual([])
    expect(await found({ ended: { status: 'none', reason: 'timed_out' } })).toEqual(['fct_0003'])
  })

  test('are no others of the same person, and none of another person or source', async () => {
    await keep(db, [
      made({ ends: [NO_CONTACT] }),
      made({ ends: [WENT_WELL] }),
      made({ person: BOB, ends: [NO_CONTACT] }),
      made({ sourceId: OTHER, ends: [NO_CONTACT] }),
    ])
    const ended = { status: 404 }
    expect(await found({ ended, person: ADA })).toEqual(['fct_0003', 'fct_0000'])
    expect(await found({ ended, sourceId: SOURCE })).toEqual(['fct_0002', 'fct_0000'])
    expect(await found({ ended, sourceId: SOURCE, person: ADA })).toEqual(['fct_0000'])
  })

  test('a page ends with the stretch that was looked at, even if it is empty', async () => {
    await keep(db, [made({ ends: [WENT_WELL] }), made(), made(), made()])
    const search = (before: string) =>
      searchFacts(db, { ended: { status: 200 }, before, limit: 11 }, { byType: 9, byAttempt: 2, few: 0 })
    expect(await search('')).toEqual({ facts: [], lookedTo: 'fct_0002' })
    expect(await search('fct_0002')).toMatchObject({ facts: [{ id: 'fct_0000' }], lookedTo: 'fct_0000' })
    expect(await search('fct_0000')).toEqual({ facts: [], lookedTo: undefined })
  })

  test('all pages together are all that match, each once, however they are found', async () => {
    const end = fc.constantFrom<AttemptMade>(WENT_WELL, NO_CONTACT, NO_AUDIENCE, NO_ANSWER, DROPPED, 'under way')
    const someFact: fc.Arbitrary<Made> = fc.record({
      kind: fc.constantFrom('created', 'deleted'),
      at: fc.nat(4),
      person: fc.constantFrom(ADA, BOB, undefined),
      sourceId: fc.constantFrom(SOURCE, OTHER),
      ends: fc.array(end, { maxLength: 3 }),
    })
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
    const question = fc.record({
      sourceId: maybe(fc.constantFrom(SOURCE, OTHER)),
      person: maybe(fc.constantFrom(ADA, BOB)),
      from: maybe(fc.nat(4).map(at => MORNING + at)),
      to: maybe(fc.nat(4).map(at => MORNING + at)),
      type: maybe(fc.constantFrom('event.created' as const, 'event.deleted' as const)),
      ended: maybe(
        fc.record({
          status: maybe(fc.constantFrom(200, 404, 'none' as const)),
          reason: maybe(fc.constantFrom('no_such_contact', 'timed_out', 'field_dropped')),
        }),
      ),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(someFact, { maxLength: 12 }),
        fc.array(question, { minLength: 3, maxLength: 6 }),
        async (all, questions) => {
          await emptied(db)
          await keep(db, all)
          for (const asked of questions)
            for (const bounds of SMALL)
              expect(await walk(db, asked, { limit: 2, bounds })).toEqual(matching(all, asked))
        },
      ),
      { numRuns: 25 },
    )
  })
})

async function emptied(db: Database): Promise<void> {
  await aStore(db)
  await addSource(db, { id: OTHER })
  await addArrival(db, { id: 'inb_b', sourceId: OTHER })
  await addIntegration(db, { id: 'int_b', sourceId: OTHER })
}

/** What the search should find, fact by fact. */
function matching(
  all: readonly Made[],
  { sourceId, person, from = 0, to = Infinity, type, ended }: Question,
): string[] {
  const isSo = (end: AttemptMade): boolean =>
    end !== 'under way' &&
    (ended?.status === undefined || ended.status === (end.status ?? 'none')) &&
    (ended?.reason === undefined || ended.reason === end.reason)
  return all
    .map((fact, index) => ({ ...fact, id: idOf(index), at: MORNING + fact.at }))
    .filter(fact => sourceId === undefined || fact.sourceId === sourceId)
    .filter(fact => person === undefined || fact.person === person)
    .filter(({ at, kind }) => at >= from && at < to && (type === undefined || type === `event.${kind}`))
    .filter(fact => ended === undefined || (fact.person !== undefined && fact.ends.some(isSo)))
    .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
    .map(({ id }) => id)
}
