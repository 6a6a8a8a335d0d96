import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING, settingsOf } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addCredential,
  addIntegration,
  addPeople,
  addSource,
  aStore,
  CREDENTIAL,
  debtOf,
  INTEGRATION,
  openStore,
  oweOne,
  SOURCE,
} from '../../../test/store-builders.ts'
import { listAttempts, recordIntents } from '../debts/attempts.ts'
import { type Hold } from '../../domain/hold.ts'
import { type Database } from '../engine/database.ts'
import { factsOf } from '../ledger/facts.ts'
import {
  deleteIntegration,
  findCredential,
  findIntegration,
  keepCredential,
  listCredentials,
  listIntegrations,
  setHold,
  setPaused,
  updateIntegration,
} from './integrations.ts'
import { setFeed } from './sources.ts'

const HOLD: Hold = {
  cause: 'key_invalid',
  detail: 'API Key Invalid',
  since: MORNING,
  probeAt: minute(1),
  probes: 3,
}
const CLEAR = { hold_cause: null, hold_detail: null, held_at: null, probe_at: null, probes: 0 }

describe.each(databases)('integrations on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const found = (id = INTEGRATION) => findIntegration(db, id)
  const columns = async (table: string) =>
    (await db.query(`select hold_cause, hold_detail, held_at, probe_at, probes from ${table}`))[0]

  test('an integration comes back as it was saved, with what its source folds', async () => {
    const settings = settingsOf({
      name: 'Läden “A” 😀',
      upsertMode: true,
      mappings: [{ id: 'A', value: 'consents_purposes___proto___enabled' }],
      options: { match: 'metadata_mail', regulations: ['gdpr', 'cpra'], connections: 3 },
    })
    await addIntegration(db, { id: 'int_b', settings })
    expect(await found('int_b')).toEqual({
      id: 'int_b',
      sourceId: SOURCE,
      feed: 'event',
      credentialId: CREDENTIAL,
      settings,
      taken: [],
      paused: false,
      hold: undefined,
      createdAt: MORNING,
      updatedAt: MORNING,
    })
    expect(await found('int_unknown')).toBeUndefined()
  })

  test('R7: what it folds follows its source', async () => {
    await addSource(db, { id: 'src_new', feed: undefined })
    await addIntegration(db, { id: 'int_new', sourceId: 'src_new' })
    expect(await found('int_new')).toMatchObject({ feed: undefined })
    await setFeed(db, { id: 'src_new', feed: 'user' })
    expect(await found('int_new')).toMatchObject({ feed: 'user' })
  })

  test('are listed newest first, of a source or all, page by page', async () => {
    await addSource(db, { id: 'src_b' })
    await addIntegration(db, { id: 'int_b', sourceId: 'src_b' })
    await addIntegration(db, { id: 'int_c' })
    const ids = async (query?: Parameters<typeof listIntegrations>[1]) =>
      (await listIntegrations(db, query)).map(({ id }) => id)
    expect(await ids()).toEqual(['int_c', 'int_b', INTEGRATION])
    expect(await ids({ sourceId: SOURCE })).toEqual(['int_c', INTEGRATION])
    expect(await ids({ limit: 1 })).toEqual(['int_c'])
    expect(await ids({ before: 'int_c', limit: 1 })).toEqual(['int_b'])
    expect(await ids({ before: 'int_b', sourceId: 'src_b' })).toEqual([])
  })

  test('a new document replaces the old one and is held by nothing yet', async () => {
    await addCredential(db, 'crd_b')
    await setHold(db, { table: 'integration', id: INTEGRATION }, HOLD)
    const settings = settingsOf({ enabled: false, audienceId: 'other', name: 'renamed' })
    const saved = { id: INTEGRATION, sourceId: SOURCE, credentialId: 'crd_b', settings }
    await updateIntegration(db, { ...saved, createdAt: 0, updatedAt: minute(5) })
    expect(await found()).toMatchObject({ ...saved, hold: undefined, createdAt: MORNING, updatedAt: minute(5) })
    expect(await columns('integration')).toEqual(CLEAR)
    await oweOne(db)
    expect(await debtOf(db)).toBeUndefined()
  })

  test('pausing one pauses no other, and a new document leaves it paused', async () => {
    await addIntegration(db, { id: 'int_b' })
    await setPaused(db, { id: INTEGRATION, paused: true })
    const saved = { id: INTEGRATION, sourceId: SOURCE, credentialId: CREDENTIAL, settings: settingsOf() }
    await updateIntegration(db, { ...saved, createdAt: MORNING, updatedAt: MORNING })
    expect(await found()).toMatchObject({ paused: true })
    expect(await found('int_b')).toMatchObject({ paused: false })
    await setPaused(db, { id: INTEGRATION, paused: false })
    expect(await found()).toMatchObject({ paused: false })
  })

  test('R25: a hold of an integration is set, changed and cleared, in it alone', async () => {
    await addIntegration(db, { id: 'int_b' })
    const target = { table: 'integration', id: INTEGRATION } as const
    await setHold(db, target, HOLD)
    expect(await found()).toMatchObject({ hold: HOLD })
    expect(await found('int_b')).toMatchObject({ hold: undefined })
    expect(await findCredential(db, CREDENTIAL)).toMatchObject({ hold: undefined })
    await setHold(db, target, { ...HOLD, probes: 4, detail: '' })
    expect(await found()).toMatchObject({ hold: { ...HOLD, probes: 4, detail: '' } })
    await setHold(db, target, undefined)
    expect(await found()).toMatchObject({ hold: undefined })
    expect(await columns('integration')).toEqual(CLEAR)
  })

  test('R25: a hold of a credential is set and cleared, for all its integrations', async () => {
    const target = { table: 'credential', id: CREDENTIAL } as const
    await setHold(db, target, HOLD)
    expect(await findCredential(db, CREDENTIAL)).toMatchObject({ hold: HOLD })
    expect(await found()).toMatchObject({ hold: undefined })
    await setHold(db, target, undefined)
    expect(await columns('credential')).toEqual(CLEAR)
  })

  test('a hold keeps what Mailchimp said, whatever characters it used', async () => {
    await setHold(db, { table: 'integration', id: INTEGRATION }, { ...HOLD, detail: 'a\0b \ud800 😀' })
    expect(await found()).toMatchObject({ hold: { detail: 'a\ufffdb \ufffd 😀' } })
  })

  test('a deleted integration takes its debts and evidence along, and leaves facts and the others', async () => {
    await addIntegration(db, { id: 'int_b' })
    await addPeople(db, [ADA])
    await oweOne(db)
    const sent = { person: ADA, revision: 1, startedAt: MORNING, method: 'PUT', path: '/', request: {} }
    await recordIntents(db, [
      { ...sent, id: 'att_1', integrationId: INTEGRATION },
      { ...sent, id: 'att_2', integrationId: 'int_b' },
    ])
    await db.transaction(tx => deleteIntegration(tx, INTEGRATION))
    expect(await found()).toBeUndefined()
    expect(await debtOf(db)).toBeUndefined()
    expect(await debtOf(db, ADA, 'int_b')).toMatchObject({ status: 'waiting' })
    expect(await listAttempts(db, { before: '', limit: 9 })).toMatchObject([{ id: 'att_2' }])
    expect((await factsOf(db, [{ sourceId: SOURCE, person: ADA }])).size).toBe(1)
  })
})

describe.each(databases)('credentials on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  test('one key is kept once, with what holds it, whoever brings it again', async () => {
    await setHold(db, { table: 'credential', id: CREDENTIAL }, HOLD)
    await keepCredential(db, { id: CREDENTIAL, dataCentre: 'us7', sealedKey: new Uint8Array([9]) })
    const kept = { id: CREDENTIAL, dataCentre: 'us6', sealedKey: new Uint8Array([1, 2, 3]), hold: HOLD }
    expect(await findCredential(db, CREDENTIAL)).toEqual(kept)
    expect(await listCredentials(db)).toEqual([kept])
  })

  test('all are listed, an unknown one is not found', async () => {
    await addCredential(db, 'crd_b')
    expect((await listCredentials(db)).map(({ id }) => id)).toEqual([CREDENTIAL, 'crd_b'])
    expect(await findCredential(db, 'crd_unknown')).toBeUndefined()
  })
})
