import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  anEvent,
  audienceOf,
  COOKIES,
  denies,
  grants,
  minute,
  MORNING,
  NEWSLETTER,
  settingsOf,
} from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  aContactKey,
  ADA,
  aStore,
  CREDENTIAL,
  debtOf,
  INTEGRATION,
  openStore,
  oweOne,
  SOURCE,
  storedFact,
} from '../../../test/store-builders.ts'
import { recordIntents } from '../../store/debts/attempts.ts'
import { handOver } from '../../store/debts/batch-debts.ts'
import { attemptsOf, insertBatch } from '../../store/debts/batches.ts'
import { type Database } from '../../store/engine/database.ts'
import { contactsOf } from '../../store/contacts/contacts.ts'
import { appendFacts } from '../../store/ledger/facts.ts'
import { findIntegration, updateIntegration } from '../../store/settings/integrations.ts'
import { concludeBatch } from './conclude-batch.ts'

const GRANTED = {
  reply: { kind: 'answer', status: 200, json: undefined, retryAfter: undefined, requestId: undefined },
} as const
const OUTCOME = { kind: 'delivered', accepted: { 'merge:NEWSLETTER': 'true' }, dropped: [] } as const

describe.each(databases)('R28: the results of a batch on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    await appendFacts(db, [storedFact({ fact: anEvent({ id: 'fct_a', says: [grants(NEWSLETTER)] }) })])
    await oweOne(db)
    const key = { integrationId: INTEGRATION, person: ADA }
    const window = { until: minute(600), sent: { 'merge:NEWSLETTER': ['true'] } }
    await handOver(db, [{ ...key, contact: 'c0ffee', revision: 1, window }], minute(120))
    await insertBatch(db, { id: 'bat_1', credentialId: CREDENTIAL, createdAt: minute(1), deadlineAt: minute(120) })
    const request = { method: 'PATCH', path: '/lists/a/members/b', request: { merge_fields: { NEWSLETTER: 'true' } } }
    await recordIntents(db, [{ ...key, ...request, id: 'att_1', revision: 1, startedAt: minute(1), batchId: 'bat_1' }])
  })
  afterAll(() => db.close())

  const written = async () => Object.keys([...(await contactsOf(db, [aContactKey()])).values()][0]?.entries ?? {})

  async function concludes(audience = audienceOf('NEWSLETTER')) {
    const integration = await findIntegration(db, INTEGRATION)
    if (!integration) throw new Error('there is no integration')
    const over = (await attemptsOf(db, 'bat_1')).map(attempt => ({ attempt, end: { ...GRANTED, outcome: OUTCOME } }))
    const known = [{ integration, audience }]
    const given = { known, now: minute(9), windowMs: 130_000, dice: () => 0.5, newId: () => 'att_2' }
    return db.transaction(tx => concludeBatch(tx, over, given))
  }

  test('settle the debts that nothing has happened to', async () => {
    expect((await concludes()).conclusions).toHaveLength(1)
    expect(await debtOf(db)).toMatchObject({ status: 'delivered' })
    expect(await written()).toEqual(['merge:NEWSLETTER'])
  })

  test('I18: settle no debt that wants more by now than the operation carried, such as a tag that was missing', async () => {
    const mappings = [
      { id: 'NEWSLETTER', value: 'consents_purposes_newsletter_enabled' },
      { id: 'COOK', value: 'consents_purposes_cookies_enabled' },
    ]
    await db.query('update integration set settings = $1', [JSON.stringify(settingsOf({ mappings }))])
    const refusal = anEvent({ id: 'fct_b', entityId: 'another', says: [denies(COOKIES)] })
    await appendFacts(db, [storedFact({ fact: refusal })])
    expect((await concludes(audienceOf('NEWSLETTER', 'COOK'))).conclusions).toEqual([])
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: minute(9), reason: null })
  })

  test('I5: say nothing about a document that was saved since, though nobody is owed anything by it', async () => {
    const settings = { ...settingsOf(), audienceId: 'another', enabled: false }
    const kept = { id: INTEGRATION, sourceId: SOURCE, credentialId: CREDENTIAL, createdAt: MORNING }
    await updateIntegration(db, { ...kept, settings, updatedAt: minute(5) })
    expect((await concludes()).conclusions).toEqual([])
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: minute(9), reason: null })
    expect(await written()).toEqual([])
  })
})
