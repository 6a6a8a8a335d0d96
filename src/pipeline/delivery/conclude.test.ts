import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { answer, assignmentOf, conclusionOf, outcomes } from '../../../test/attempt-builders.ts'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  aStore,
  BOB,
  debt,
  debtOf,
  INTEGRATION,
  openStore,
  oweOne,
  aContactKey,
  confirmOne,
} from '../../../test/store-builders.ts'
import { SECOND } from '../../domain/instant.ts'
import { type Outcome } from '../../domain/outcome.ts'
import { listAttempts, recordIntents } from '../../store/debts/attempts.ts'
import { contactsOf } from '../../store/contacts/contacts.ts'
import { markSending, owe } from '../../store/debts/deliveries.ts'
import { dueDebts } from '../../store/debts/due-debts.ts'
import { currentWindows, endWindows, keepWindows } from '../../store/debts/windows.ts'
import { type Database } from '../../store/engine/database.ts'
import { intentOf, type Assignment } from './assign.ts'
import { conclude, type Conclusion } from './conclude.ts'

const WINDOW_MS = 130 * SECOND
const key = { integrationId: INTEGRATION, person: ADA }
const OPEN = { until: minute(9), sent: { 'merge:NEWSLETTER': ['false'] } }

describe.each(databases)('concluding attempts on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    await oweOne(db)
    await markSending(db, [{ ...key, contact: 'c0ffee', carriesWithdrawal: false }])
  })
  afterAll(() => db.close())

  const concludes = (...conclusions: readonly Conclusion[]) =>
    db.transaction(tx => conclude(tx, conclusions, WINDOW_MS))
  const ends = (outcome: Outcome, assignment: Assignment = assignmentOf()) =>
    concludes(conclusionOf(outcome, { assignment }))
  const known = async () => [...(await contactsOf(db, [aContactKey()])).values()][0]
  const written = async () =>
    Object.fromEntries(Object.entries((await known())?.entries ?? {}).map(([key, { value }]) => [key, value]))
  const window = async () => [...(await currentWindows(db, [key])).values()][0]
  const attempt = async () => (await listAttempts(db, { before: '', limit: 1 }))[0]
  const record = (assignment = assignmentOf()) => recordIntents(db, [intentOf(assignment)])

  /** The debt as the lane reads it when it is next due. */
  async function nextDue() {
    const integration = { id: INTEGRATION, updatedAt: MORNING }
    return (await dueDebts(db, { integration, priority: 1, now: minute(1), limit: 1 }))[0]
  }

  test('R27: an attempt is completed with what Mailchimp said', async () => {
    await record()
    const title = 'Invalid Resource'
    await concludes(conclusionOf(outcomes.refused(), { reply: answer(400, { title }, 'r-1') }))
    expect(await attempt()).toMatchObject({
      finishedAt: minute(1),
      status: 400,
      requestId: 'r-1',
      answer: JSON.stringify({ title }),
      outcome: 'rejected',
      reason: 'fields_invalid',
      detail: 'Your merge fields were invalid.',
    })
  })

  test('R27: of a success only the status is kept, since its answer is the whole record of the contact', async () => {
    await record()
    await concludes(conclusionOf(outcomes.delivered(), { reply: answer(200, { email_address: ADA }) }))
    expect(await attempt()).toMatchObject({ status: 200, answer: undefined, outcome: 'delivered', reason: undefined })
  })

  test('R27: of a long answer the beginning is kept', async () => {
    await record()
    await concludes(conclusionOf(outcomes.refused(), { reply: answer(400, { detail: 'x'.repeat(9_000) }) }))
    expect((await attempt())?.answer).toHaveLength(4_000)
  })

  test('I7: a delivered debt ends, and is told as ended', async () => {
    expect(await ends(outcomes.delivered())).toEqual([
      { integrationId: INTEGRATION, end: 'delivered', reason: undefined },
    ])
    expect(await debtOf(db)).toMatchObject({ status: 'delivered', settled_at: minute(1) })
  })

  test('R22 I12: a fact that came during the attempt makes the debt due again', async () => {
    await oweOne(db, { at: minute(1) })
    expect(await ends(outcomes.delivered()), 'it has not ended').toEqual([])
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', revision: 2, due_at: minute(1) })
  })

  test('R21: what was written joins what was written before, with all that was known by then', async () => {
    await confirmOne(db, { fields: { 'merge:AGE': '7', 'merge:NEWSLETTER': 'false' }, fact: 'fct_1' })
    const reply = answer(200, { id: aContactKey().alias, contact_id: 'c1', merge_fields: {} })
    const assignment = assignmentOf({ lastFact: 'fct_9', revision: 3 })
    await concludes(conclusionOf(outcomes.delivered({ 'merge:NEWSLETTER': 'true' }), { assignment, reply }))
    expect(await known()).toMatchObject({
      contactId: 'c1',
      movedTo: undefined,
      goneAfter: undefined,
      entries: {
        'merge:AGE': { value: '7', fact: 'fct_1' },
        'merge:NEWSLETTER': { value: 'true', fact: 'fct_9', integrationId: INTEGRATION, person: ADA, revision: 3 },
      },
    })
  })

  test('R22: after an attempt of unknown end what it carried is doubted, and nothing else', async () => {
    await confirmOne(db, { fields: { 'merge:AGE': '7', 'merge:NEWSLETTER': 'false' } })
    await ends(outcomes.unclear, assignmentOf({ fields: { 'merge:NEWSLETTER': 'true' } }))
    const entries = (await known())?.entries
    expect([entries?.['merge:AGE']?.isDoubted, entries?.['merge:NEWSLETTER']?.isDoubted]).toEqual([undefined, true])
  })

  test('R16e: a contact that is gone keeps nothing that was written, and one that was never there is known not to be', async () => {
    await ends(outcomes.absent, assignmentOf({ lastFact: 'fct_4' }))
    expect(await known()).toMatchObject({ wroteAt: undefined, goneAfter: 'fct_4', entries: {} })
    await confirmOne(db, { fields: { 'merge:NEWSLETTER': 'false' } })
    await ends(outcomes.absent, assignmentOf({ lastFact: 'fct_5' }))
    expect(await known()).toMatchObject({ goneAfter: 'fct_5', entries: {} })
  })

  test('R16e: a contact that was found under another name is due at once, and its name remembered', async () => {
    await confirmOne(db, { fields: { 'merge:NEWSLETTER': 'true' } })
    await ends({ kind: 'skipped', because: 'contact_gone', movedTo: 'b0b' })
    expect(await known()).toMatchObject({ movedTo: 'b0b' })
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', reason: 'contact_renamed', due_at: minute(1) })
  })

  test('R22: a failure that Mailchimp cannot have applied leaves what was confirmed', async () => {
    await confirmOne(db, { fields: { 'merge:NEWSLETTER': 'false' } })
    await ends(outcomes.failed)
    expect(await written()).toEqual({ 'merge:NEWSLETTER': 'false' })
    expect(await window(), 'no window').toBeUndefined()
  })

  test('R22: an attempt of unknown outcome opens a window for its values, counted from when it left', async () => {
    const sentAt = minute(2)
    await concludes(conclusionOf(outcomes.unclear, { sentAt, finishedAt: minute(3) }))
    expect(await window()).toEqual({
      until: sentAt + WINDOW_MS,
      sent: { 'merge:NEWSLETTER': ['true'] },
      contacts: [aContactKey().alias],
    })
  })

  test('I15: a debt that was delivered while a window is open is asserted once more at its end', async () => {
    await keepWindows(db, [{ ...key, window: OPEN }])
    await ends(outcomes.delivered())
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: OPEN.until, reason: 'assert_again' })
    expect(await window(), 'it stays open').toEqual(OPEN)
  })

  test('R28: a window that ended with its batch during the attempt is not opened again', async () => {
    await keepWindows(db, [{ ...key, window: OPEN }])
    await endWindows(db, [key])
    await ends(outcomes.delivered())
    expect(await window()).toBeUndefined()
    expect(await debtOf(db)).toMatchObject({ status: 'delivered' })
  })

  test('R13: a refused field that Mailchimp named is set aside, and the others go at once', async () => {
    await ends(
      outcomes.refused(['merge:AGE']),
      assignmentOf({ fields: { 'merge:AGE': 'x', 'merge:NEWSLETTER': 'true' } }),
    )
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: minute(1), reason: 'value_refused', failed: 0 })
    expect(await nextDue()).toMatchObject({ refused: { 'merge:AGE': 'x' }, isolation: [] })
  })

  test('R13: a refusal that names no field has the fields tried in halves', async () => {
    await ends(outcomes.refused(), assignmentOf({ fields: { 'merge:AGE': 'x', 'merge:NEWSLETTER': 'false' } }))
    expect(await nextDue()).toMatchObject({ refused: {}, isolation: [['merge:NEWSLETTER'], ['merge:AGE']] })
  })

  test('R13: a half that was delivered is followed by the other half at once', async () => {
    await ends(outcomes.delivered(), assignmentOf({ isolation: [['merge:NEWSLETTER'], ['merge:AGE']] }))
    expect(await nextDue()).toMatchObject({ isolation: [['merge:AGE']] })
  })

  test('R13: a 400 that is not understood is about the fields if there are several, and final if there is one', async () => {
    const odd: Outcome = { kind: 'rejected', cause: 'request_refused', detail: 'Bad Request', fields: [] }
    await ends(odd, assignmentOf({ fields: { 'merge:AGE': 'x', 'merge:NEWSLETTER': 'true' } }))
    expect(await debtOf(db), 'several fields').toMatchObject({ status: 'waiting', reason: 'value_refused' })
    await ends(odd)
    expect(await debtOf(db), 'one field').toMatchObject({ status: 'dead', reason: 'request_refused' })
  })

  test('R25: an answer that is in no table ends nothing: several fields are tried apart, and one alone goes last', async () => {
    const odd: Outcome = { ...outcomes.failed, cause: 'answer_unknown', detail: 'HTTP 400 Something New: No.' }
    const reply = answer(400, { title: 'Something New' })
    const endsOddly = (assignment: Assignment) => concludes(conclusionOf(odd, { assignment, reply }))
    await endsOddly(assignmentOf({ fields: { 'merge:AGE': 'x', 'merge:NEWSLETTER': 'true' } }))
    expect(await nextDue(), 'several').toMatchObject({ isolation: [['merge:AGE'], ['merge:NEWSLETTER']] })
    await endsOddly(assignmentOf({ isolation: [['merge:NEWSLETTER'], ['merge:AGE']] }))
    expect(await nextDue(), 'apart').toMatchObject({ refused: {}, isolation: [['merge:AGE'], ['merge:NEWSLETTER']] })
    await endsOddly(assignmentOf())
    expect(await debtOf(db), 'one').toMatchObject({ status: 'waiting', reason: 'answer_unknown' })
  })

  test('R14: a field that Mailchimp dropped keeps the debt from being delivered', async () => {
    await ends(outcomes.delivered({}, ['merge:NEWSLETTER']))
    expect(await debtOf(db)).toMatchObject({ status: 'held', reason: 'field_dropped' })
  })

  test('R25: a block costs the contact no attempt', async () => {
    const debts = { failed: 3, firstFailedAt: MORNING, carriesWithdrawal: false }
    await ends(outcomes.badKey, assignmentOf({ debt: debts }))
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: minute(1), failed: 3, reason: 'key_invalid' })
  })

  test('R26: a failure is counted, and tried again later', async () => {
    const debts = { failed: 3, firstFailedAt: MORNING, carriesWithdrawal: false }
    await ends(outcomes.failed, assignmentOf({ debt: debts }))
    const { due_at = 0, ...row } = (await debtOf(db)) ?? {}
    expect(row).toMatchObject({ status: 'waiting', failed: 4, first_failed_at: MORNING, reason: 'server_error' })
    expect(due_at).toBeGreaterThan(minute(1))
  })

  test('many attempts are concluded together, each with its own end', async () => {
    await owe(db, [debt({ person: BOB })])
    const ofBob = assignmentOf({ person: BOB, attemptId: 'att_2' })
    await concludes(conclusionOf(outcomes.absent), conclusionOf(outcomes.delivered(), { assignment: ofBob }))
    expect(await debtOf(db)).toMatchObject({ status: 'skipped', reason: 'no_such_contact' })
    expect(await debtOf(db, BOB)).toMatchObject({ status: 'delivered' })
  })
})
