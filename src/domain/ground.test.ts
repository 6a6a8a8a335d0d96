import { describe, expect, test } from 'vitest'
import {
  anEvent,
  answerAt,
  attribute,
  aUser,
  choiceAt,
  denies,
  entity,
  eventDeleted,
  EVENTS,
  foldAll,
  grants,
  minute,
  NEWSLETTER,
  says,
  TOPICS,
  userDeleted,
  USERS,
} from '../../test/builders.ts'
import { type Fact } from './fact.ts'

const inEveryOrder = (facts: readonly Fact[]): Fact[][] =>
  facts.length < 2
    ? [[...facts]]
    : facts.flatMap(one => inEveryOrder(facts.filter(other => other !== one)).map(rest => [one, ...rest]))

const BLANK = [{ place: NEWSLETTER, why: 'null' }] as const
const RETRACTED = { answer: false, retracted: 'no_choice' }

describe('R3: what a version of an event that waits for approval says', () => {
  const pending = (over: Parameters<typeof anEvent>[0]) =>
    anEvent({ entityId: 'e1', status: 'pending_approval', at: minute(1), ...over })
  const confirmation = anEvent({ entityId: 'e1', kind: 'updated', at: minute(5) })

  test.each([
    ['a grant', grants(NEWSLETTER), true],
    ['a denial', denies(NEWSLETTER), false],
  ])(
    '%s counts once it is confirmed, from when it was made, though the confirmation says nothing itself',
    (_, says, answer) => {
      for (const facts of inEveryOrder([pending({ says: [says] }), confirmation]))
        expect(choiceAt(foldAll(facts, EVENTS), NEWSLETTER)).toEqual({ place: NEWSLETTER, answer, at: minute(1) })
    },
  )

  test('is confirmed as a later version corrects it', () => {
    const corrected = { ...confirmation, after: entity([denies(NEWSLETTER)], { at: minute(5) }) }
    expect(answerAt(foldAll([pending({ says: [grants(NEWSLETTER)] }), corrected], EVENTS), NEWSLETTER)).toBe(false)
  })

  test('an update without consents leaves standing what the event said', () => {
    const said = anEvent({ entityId: 'e1', says: [grants(NEWSLETTER)], at: minute(1) })
    expect(answerAt(foldAll([said, confirmation], EVENTS), NEWSLETTER)).toBe(true)
  })

  test('a later version that waits takes nothing away', () => {
    const said = anEvent({ entityId: 'e1', says: [grants(NEWSLETTER)], at: minute(1) })
    const asked = pending({ kind: 'updated', says: [denies(NEWSLETTER)], at: minute(3) })
    expect(answerAt(foldAll([said, asked], EVENTS), NEWSLETTER)).toBe(true)
  })
})

describe('R6: a record of a user that shows no choice', () => {
  const granted = aUser({ kind: 'created', version: 1, at: minute(1), says: [grants(NEWSLETTER)] })
  const blank = aUser({
    version: 2,
    at: minute(2),
    blank: BLANK,
    before: entity([grants(NEWSLETTER)], { version: 1, at: minute(1) }),
  })

  test('retracts a grant, and says why', () => {
    for (const facts of inEveryOrder([granted, blank]))
      expect(choiceAt(foldAll(facts, USERS), NEWSLETTER)).toMatchObject(RETRACTED)
  })

  test('retracts it where only the state before shows the grant', () => {
    expect(choiceAt(foldAll([blank], USERS), NEWSLETTER)).toMatchObject(RETRACTED)
  })

  test.each([
    ['all of it', [], ['art', 'film']],
    ['what another device had left of it since', [['art', 'sport']], ['art', 'sport']],
  ] as const)('R33: notes what a list had: %s', (_, dropped, had) => {
    const picks = [['art', 'film'], ...dropped].map((ids, index) =>
      anEvent({ entityId: `e${index}`, userId: `d${index}`, says: [says(TOPICS, ids)], at: minute(index) }),
    )
    const gone = picks.map(({ entityId }) => eventDeleted(entityId, minute(9)))
    expect(choiceAt(foldAll([...picks, ...gone], EVENTS), TOPICS)).toMatchObject({ answer: [], had })
  })

  test('empties a list, as one that was retracted', () => {
    const picked = aUser({ kind: 'created', version: 1, at: minute(1), says: [says(TOPICS, ['sport'])] })
    const gone = aUser({ version: 2, at: minute(2), blank: [{ place: TOPICS, why: 'gone' }] })
    expect(choiceAt(foldAll([picked, gone], USERS), TOPICS)).toMatchObject({ answer: [], retracted: 'no_choice' })
  })

  test('R6b: leaves a denial a denial, until a newer grant', () => {
    const denied = aUser({ kind: 'created', version: 1, at: minute(1), says: [denies(NEWSLETTER)] })
    const again = aUser({
      version: 3,
      at: minute(4),
      says: [grants(NEWSLETTER)],
      before: entity([], { version: 2, at: minute(2), blanks: BLANK }),
    })
    const after = (...facts: Fact[]) => choiceAt(foldAll([denied, blank, ...facts], USERS), NEWSLETTER)
    expect(after()).toEqual({ place: NEWSLETTER, answer: false, at: minute(1) })
    expect(after(again)).toMatchObject({ answer: true, at: minute(4) })
  })

  test('R6b: leaves what a list lost lost, against every Didomi user', () => {
    const list = (version: number, picked: readonly string[], before: readonly string[]) =>
      aUser({
        version,
        at: minute(version),
        says: [says(TOPICS, picked)],
        before: entity([says(TOPICS, before)], { version: version - 1, at: minute(version - 1) }),
      })
    const gone = aUser({ version: 4, at: minute(4), blank: [{ place: TOPICS, why: 'null' }] })
    const elsewhere = aUser({
      userId: 'laptop',
      kind: 'created',
      at: minute(2),
      says: [says(TOPICS, ['art', 'sport'])],
    })
    const facts = [list(3, ['sport'], ['art', 'sport']), gone, elsewhere]
    expect(answerAt(foldAll(facts, USERS), TOPICS)).toEqual(['sport'])
  })

  test('R6b: grants nothing that a list held which was taken away', () => {
    const picked = (entityId: string, ids: readonly string[], n: number) =>
      anEvent({ entityId, says: [says(TOPICS, ids)], at: minute(n) })
    const facts = [picked('e1', ['art', 'sport'], 1), picked('e2', ['sport', 'culture'], 2)]
    const deleted = eventDeleted('e2', minute(3))
    expect(answerAt(foldAll([...facts, deleted], EVENTS), TOPICS)).toEqual(['sport'])
  })

  test('loses to whatever stands of another Didomi user, older or newer', () => {
    for (const at of [minute(0), minute(9)]) {
      const laptop = aUser({ userId: 'laptop', kind: 'created', at, says: [grants(NEWSLETTER)] })
      expect(choiceAt(foldAll([granted, blank, laptop], USERS), NEWSLETTER)).toEqual({
        place: NEWSLETTER,
        answer: true,
        at,
      })
    }
  })

  test('says nothing where nothing was ever stated', () => {
    const never = aUser({ kind: 'created', version: 1, blank: BLANK })
    expect(choiceAt(foldAll([never], USERS), NEWSLETTER)).toBeUndefined()
  })
})

describe('R6: in the user family, the event behind a grant is deleted', () => {
  const cause = { id: 'event-1', at: minute(1) }
  const granted = aUser({ kind: 'created', version: 1, at: minute(1), says: [grants(NEWSLETTER)], cause })
  const gone = eventDeleted('event-1', minute(5))
  const recomputed = (over: Parameters<typeof aUser>[0]) => aUser({ version: 2, at: minute(6), ...over })

  test('the grant is retracted at once', () => {
    for (const facts of inEveryOrder([granted, gone]))
      expect(choiceAt(foldAll(facts, USERS), NEWSLETTER)).toMatchObject({ answer: false, retracted: 'event_deleted' })
  })

  test.each([
    ['that names the deleted event', { cause }],
    ['that names no event', {}],
  ])('a record %s and still shows the grant gives it its ground back', (_, over) => {
    const before = entity([grants(NEWSLETTER)], { version: 1, at: minute(1) })
    const still = recomputed({ says: [grants(NEWSLETTER)], before, ...over })
    for (const facts of inEveryOrder([granted, gone, still]))
      expect(answerAt(foldAll(facts, USERS), NEWSLETTER)).toBe(true)
  })

  test('a record from before the deletion does not', () => {
    const before = entity([grants(NEWSLETTER)], { version: 1, at: minute(1) })
    const earlier = recomputed({
      says: [grants(NEWSLETTER)],
      before,
      at: minute(3),
      cause: { id: 'event-2', at: minute(3) },
    })
    expect(answerAt(foldAll([granted, earlier, gone], USERS), NEWSLETTER)).toBe(false)
  })
})

describe('R7: across regulations', () => {
  const under = (regulation: string, answer: boolean, at: number) =>
    anEvent({ regulation, at, says: [says(NEWSLETTER, answer)], entityId: `${regulation}-${at}` })
  const BOTH = { ...EVENTS, regulations: ['gdpr', 'cpra'] }

  test('a standing denial beats a grant whatever the times, and says under which', () => {
    for (const [denial, grant] of [
      [1, 5],
      [5, 1],
    ] as const) {
      const state = foldAll([under('gdpr', false, minute(denial)), under('cpra', true, minute(grant))], BOTH)
      expect(choiceAt(state, NEWSLETTER)).toEqual({
        place: NEWSLETTER,
        answer: false,
        at: minute(denial),
        deniedUnder: 'gdpr',
      })
    }
  })

  test('the histories are never mixed: a newer grant of the one does not end the denial of the other', () => {
    const facts = [under('gdpr', false, minute(1)), under('gdpr', true, minute(2)), under('cpra', false, minute(3))]
    expect(choiceAt(foldAll(facts, BOTH), NEWSLETTER)).toMatchObject({ answer: false, deniedUnder: 'cpra' })
    const cleared = foldAll([...facts, under('cpra', true, minute(4))], BOTH)
    expect(choiceAt(cleared, NEWSLETTER)).toEqual({ place: NEWSLETTER, answer: true, at: minute(4) })
  })

  test('of lists that both state, only what both hold', () => {
    const list = (regulation: string, picked: readonly string[]) =>
      anEvent({ regulation, says: [says(TOPICS, picked)], entityId: regulation })
    const state = foldAll([list('gdpr', ['art', 'sport']), list('cpra', ['sport', 'culture'])], BOTH)
    expect(answerAt(state, TOPICS)).toEqual(['sport'])
  })

  test('what is retracted under one loses to what stands under the other', () => {
    const facts = [under('gdpr', true, minute(1)), eventDeleted(`gdpr-${minute(1)}`), under('cpra', true, minute(0))]
    expect(choiceAt(foldAll(facts, BOTH), NEWSLETTER)).toEqual({ place: NEWSLETTER, answer: true, at: minute(0) })
  })
})

describe('R10: clocks that run ahead', () => {
  const RECEIVED = minute(10)

  test('a grant counts from its receipt, so that a denial a minute later wins', () => {
    const ahead = anEvent({
      userId: 'phone',
      entityId: 'e1',
      says: [grants(NEWSLETTER)],
      at: RECEIVED + 5 * 60_000,
      receivedAt: RECEIVED,
    })
    const denial = anEvent({ userId: 'laptop', entityId: 'e2', says: [denies(NEWSLETTER)], at: minute(11) })
    expect(answerAt(foldAll([ahead, denial], EVENTS), NEWSLETTER)).toBe(false)
  })

  test.each(['event', 'user'] as const)(
    'by the clock of one user of the %s family, what is granted after a denial counts after it',
    family => {
      const tell = family === 'event' ? anEvent : aUser
      const ahead = (answer: boolean, second: number) =>
        tell({
          entityId: `e${second}`,
          kind: 'created',
          says: [says(NEWSLETTER, answer)],
          at: RECEIVED + 5 * 60_000 + second,
          receivedAt: RECEIVED + second,
        })
      const facts = [ahead(false, 1), ahead(true, 2)]
      const rules = family === 'event' ? EVENTS : USERS
      expect(answerAt(foldAll(facts, rules), NEWSLETTER)).toBe(true)
      const elsewhere = tell({
        userId: 'laptop',
        entityId: 'l',
        kind: 'created',
        says: [denies(NEWSLETTER)],
        at: minute(16),
      })
      expect(answerAt(foldAll([...facts, elsewhere], rules), NEWSLETTER)).toBe(false)
    },
  )
})

describe('R6e: a Didomi user that was deleted and created again under its id', () => {
  const life = (version: number, answer: boolean, bornAt: number, at: number) =>
    aUser({ kind: 'created', version, says: [says(NEWSLETTER, answer)], createdAt: bornAt, at })

  test('counts again, though its versions begin anew', () => {
    const facts = [
      life(7, true, minute(1), minute(2)),
      userDeleted('user-1', minute(3)),
      life(1, false, minute(4), minute(5)),
    ]
    for (const order of inEveryOrder(facts)) expect(answerAt(foldAll(order, USERS), NEWSLETTER)).toBe(false)
  })

  test('also when the deletion was never seen', () => {
    const facts = [life(7, false, minute(1), minute(2)), life(1, true, minute(4), minute(5))]
    for (const order of inEveryOrder(facts)) expect(answerAt(foldAll(order, USERS), NEWSLETTER)).toBe(true)
  })

  test('R4: a deletion that names a regulation ends the life under that one only', () => {
    const under = (regulation: string) =>
      anEvent({ regulation, entityId: regulation, says: [grants(NEWSLETTER)], at: minute(1) })
    const deletion = { ...userDeleted('user-1', minute(3)), regulation: 'cpra', namesRegulation: true }
    const rules = { ...EVENTS, onUserDeleted: 'withdraw' } as const
    const answer = (regulation: string) =>
      answerAt(foldAll([under(regulation), deletion], { ...rules, regulations: [regulation] }), NEWSLETTER)
    expect([answer('gdpr'), answer('cpra')]).toEqual([true, false])
  })
})

describe('R8: an attribute', () => {
  const address = (value: string) => [attribute('metadata.email', value)]
  const told = (over: Parameters<typeof aUser>[0]) => aUser({ createdAt: minute(0), ...over })
  const valueIn = (...facts: Fact[]) => foldAll(facts, USERS).attributes.find(({ path }) => path[1] === 'email')?.value

  test('is that of the highest version, however late an older record comes', () => {
    const facts = [
      told({ version: 3, at: minute(3), attributes: address('new@mail.test') }),
      told({ version: 2, at: minute(9), attributes: address('old@mail.test') }),
    ]
    for (const order of inEveryOrder(facts)) expect(valueIn(...order)).toBe('new@mail.test')
  })

  test('is as old as its last change: a record of another device that only repeats one brings nothing back', () => {
    const repeated = told({
      userId: 'laptop',
      version: 8,
      at: minute(9),
      attributes: address('old@mail.test'),
      before: entity([], { version: 7, at: minute(8), attributes: address('old@mail.test') }),
    })
    const changed = told({
      version: 2,
      at: minute(5),
      attributes: address('new@mail.test'),
      before: entity([], { version: 1, at: minute(1), attributes: address('old@mail.test') }),
    })
    expect(valueIn(repeated, changed)).toBe('new@mail.test')
  })

  test('that a record lacks while its own state before holds it is gone', () => {
    const had = told({ version: 1, at: minute(1), attributes: address('ada@mail.test') })
    const lost = told({ version: 2, at: minute(2), lost: [['metadata', 'email']] })
    const silent = told({ version: 2, at: minute(2) })
    expect(valueIn(had, lost)).toBeUndefined()
    expect(valueIn(had, silent)).toBe('ada@mail.test')
  })
})
