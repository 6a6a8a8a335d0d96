import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING, settingsOf } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  addCredential,
  addIntegration,
  addSource,
  aStore,
  CREDENTIAL,
  INTEGRATION,
  openStore,
} from '../../../test/store-builders.ts'
import { type Settings } from '../../domain/integration.ts'
import { type Database } from '../engine/database.ts'
import { migrate } from '../engine/migrate.ts'
import { migrations } from '../migrations/all.ts'
import { deleteIntegration, findIntegration, listIntegrations, renewIntegration } from './integrations.ts'
import { claimTags, dropClaims, noteFields, passOn, tagsTakenFrom, takenTags } from './tag-claims.ts'

const PATH = 'consents_purposes_newsletter_enabled'
const mapping = (...tags: readonly string[]): Pick<Settings, 'mappings'> => ({
  mappings: tags.map(id => ({ id, value: PATH })),
})
const OF = { dataCentre: 'us6', audienceId: 'a1b2c3d4e5' }

describe.each(databases)('claims of merge tags on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  async function claims(id: string, over: Partial<Settings>) {
    const settings = settingsOf(over)
    if (!(await findIntegration(db, id))) await addIntegration(db, { id, settings })
    await db.transaction(tx => claimTags(tx, { id, settings }))
    return (await tagsTakenFrom(db, { id, settings })).map(({ tag, owner }) => [tag, owner.id])
  }

  /** It maps the tag, as before there were claims, and another one fills it. */
  const waits = (id: string, tag: string) =>
    db.query(
      'insert into tag_claim (integration_id, tag, data_centre, audience_id, fills) values ($1, $2, $3, $4, 0)',
      [id, tag, OF.dataCentre, OF.audienceId],
    )

  test('R16c: a tag is filled by the integration that claims it first, whatever its case', async () => {
    expect(await claims('int_b', mapping('NEWS', 'Offers'))).toEqual([])
    expect(await claims('int_c', { name: 'third', ...mapping('OFFERS', 'OTHER', 'news') })).toEqual([
      ['NEWS', 'int_b'],
      ['OFFERS', 'int_b'],
    ])
  })

  test.each<[what: string, over: Partial<Settings>]>([
    ['another audience', { audienceId: 'ffffffffff' }],
    ['another data centre', { dataCentre: 'us7' }],
    ['another tag', mapping('NEWS2')],
  ])('R16c: %s is another field', async (_, over) => {
    await claims('int_b', mapping('NEWS'))
    expect(await claims('int_c', { ...mapping('NEWS'), ...over })).toEqual([])
  })

  test('R16c: another key is the same field', async () => {
    await claims('int_b', mapping('NEWS'))
    await addCredential(db, 'crd_b')
    await addIntegration(db, { id: 'int_c', credentialId: 'crd_b' })
    expect(await claims('int_c', mapping('NEWS'))).toEqual([['NEWS', 'int_b']])
  })

  test('R16c: who claims again fills the same, and a claim that is taken back is free', async () => {
    await claims('int_b', mapping('NEWS'))
    expect(await claims('int_b', mapping('NEWS', 'OFFERS'))).toEqual([])
    expect(await dropClaims(db, 'int_b')).toEqual([
      { ...OF, tag: 'NEWS' },
      { ...OF, tag: 'OFFERS' },
    ])
    expect(await dropClaims(db, 'int_b')).toEqual([])
    expect(await claims('int_c', mapping('NEWS'))).toEqual([])
  })

  test('R16c: a claim goes with its integration', async () => {
    await claims('int_b', mapping('NEWS'))
    await db.transaction(tx => deleteIntegration(tx, 'int_b'))
    expect(await claims('int_c', mapping('NEWS'))).toEqual([])
  })

  test('R16c: an integration knows which of its tags another one fills, with its name', async () => {
    await claims('int_b', { name: 'the first', ...mapping('NEWS', 'OFFERS') })
    await addIntegration(db, { id: 'int_c', settings: mapping('NEWS', 'OFFERS') })
    await waits('int_c', 'OFFERS')
    const taken = [{ tag: 'OFFERS', owner: { id: 'int_b', name: 'the first' } }]
    expect(await findIntegration(db, 'int_c')).toMatchObject({ taken })
    expect(await findIntegration(db, 'int_b')).toMatchObject({ taken: [] })
    expect((await listIntegrations(db)).map(each => [each.id, each.taken])).toContainEqual(['int_c', taken])
    expect(await takenTags(db, 'int_c')).toEqual(new Map([['int_c', taken]]))
  })

  test('R16c: a tag is passed on to the oldest that waits, then to the next, then to nobody', async () => {
    await claims('int_b', mapping('NEWS'))
    for (const [id, age] of [
      ['int_d', 2],
      ['int_c', 2],
      ['int_e', 3],
    ] as const) {
      await addIntegration(db, { id, createdAt: MORNING - age })
      await waits(id, 'NEWS')
    }
    for (const [owner, heir] of [
      ['int_b', 'int_e'],
      ['int_e', 'int_c'],
      ['int_c', 'int_d'],
      ['int_d', undefined],
    ] as const) {
      const [freed] = await dropClaims(db, owner)
      if (!freed) throw new Error('nothing was freed')
      expect(await db.transaction(tx => passOn(tx, freed))).toBe(heir)
    }
    expect(await takenTags(db, '')).toEqual(new Map())
  })

  test('I5: what was decided for an integration before it took over a tag does not count any more', async () => {
    for (const at of [MORNING - 1, MORNING + 5]) await renewIntegration(db, { id: 'int_a', at })
    expect(await findIntegration(db, 'int_a')).toMatchObject({ updatedAt: MORNING + 5 })
  })

  test('R16c: of two that claim one tag at one time, one fills it', async () => {
    for (const id of ['int_b', 'int_c']) await addIntegration(db, { id })
    const settings = settingsOf(mapping('B', 'NEWS', 'A'))
    const one = async (id: string, over: Settings) => {
      await db.transaction(tx => claimTags(tx, { id, settings: over }))
      return (await tagsTakenFrom(db, { id, settings: over })).length
    }
    const reversed = { ...settings, mappings: settings.mappings.toReversed() }
    const taken = await Promise.all([one('int_b', settings), one('int_c', reversed)])
    expect(taken.toSorted()).toEqual([0, 3])
  })
})

describe.each(databases)('merge fields that an integration fills, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  test('R14: one that was made anew under its tag is noticed once, whatever the case of the tag', async () => {
    await claimTags(db, { id: INTEGRATION, settings: settingsOf(mapping('NEWS', 'OFFERS')) })
    const note = (fieldIds: Readonly<Record<string, number>>) =>
      db.transaction(tx => noteFields(tx, { integrationId: INTEGRATION, fieldIds }))
    expect(await note({ NEWS: 4, OTHER: 1 }), 'seen for the first time').toBe(false)
    expect(await note({ news: 4, OFFERS: 5, OTHER: 2 }), 'of another tag').toBe(false)
    expect(await note({ NEWS: 6, OFFERS: 5 })).toBe(true)
    expect(await note({ NEWS: 6, OFFERS: 5 }), 'again').toBe(false)
    expect(await note({}), 'gone').toBe(false)
  })
})

describe.each(databases)('documents that clash when claims come, on $name', ({ open }) => {
  const before = migrations.filter(({ version }) => version < 12)

  test('R16c: the older fills the tag, and the others wait', async () => {
    const db = await open()
    try {
      await migrate(db, before)
      await addSource(db)
      await addCredential(db)
      const add = (id: string, createdAt: number, over: Partial<Settings>) =>
        db.query(
          `insert into integration (id, source_id, credential_id, settings, enabled, created_at, updated_at)
           values ($1, 'src_a', $2, $3, $4, $5, $5)`,
          [id, CREDENTIAL, JSON.stringify(settingsOf(over)), over.enabled === false ? 0 : 1, createdAt],
        )
      await add('int_0', MORNING - 9, { enabled: false, ...mapping('NEWS') })
      await add('int_c', MORNING, mapping('news', 'ONLY_C'))
      await add('int_b', MORNING, { name: '\0, \ud800, 😀, "quotes" and \\u0000', ...mapping('NEWS', 'OFFERS') })
      await add('int_d', MORNING - 1, mapping('Offers'))
      await add('int_e', MORNING - 5, { audienceId: 'ffffffffff', ...mapping('NEWS') })

      await migrate(db, migrations)

      const taken = new Map(
        (await listIntegrations(db)).map(each => [each.id, each.taken.map(({ tag, owner }) => [tag, owner.id])]),
      )
      expect(taken).toEqual(
        new Map<string, string[][]>([
          ['int_0', []],
          ['int_b', [['OFFERS', 'int_d']]],
          ['int_c', [['NEWS', 'int_b']]],
          ['int_d', []],
          ['int_e', []],
        ]),
      )
    } finally {
      await db.close()
    }
  })
})
