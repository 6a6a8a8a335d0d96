import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING, settingsOf } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { aStore, CREDENTIAL, INTEGRATION, openStore } from '../../../test/store-builders.ts'
import { type Hold } from '../../domain/hold.ts'
import { type Database } from '../../store/engine/database.ts'
import { setHold, updateIntegration, type Integration } from '../../store/settings/integrations.ts'
import { existingIntegration } from '../existing.ts'
import { hold, holderOf, release, type HoldDeps } from './holds.ts'

const HOLD: Hold = { cause: 'audience_unread', detail: 'no connection', since: MORNING, probeAt: MORNING, probes: 1 }

describe.each(databases)('what was found out about a document that was replaced meanwhile on $name', ({ open }) => {
  let db: Database
  let told: string[]
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    told = []
    await aStore(db)
  })
  afterAll(() => db.close())

  const deps = (): HoldDeps => ({
    db,
    clock: () => minute(1),
    reload: () => Promise.resolve(),
    telemetry: new Proxy({} as HoldDeps['telemetry'], { get: (_, name) => () => told.push(String(name)) }),
  })

  const read = (): Promise<Integration> => existingIntegration(db, INTEGRATION)

  const replaced = () =>
    updateIntegration(db, {
      id: INTEGRATION,
      sourceId: 'src_a',
      credentialId: CREDENTIAL,
      settings: { ...settingsOf(), audienceId: 'b2c3d4e5f6' },
      createdAt: MORNING,
      updatedAt: MORNING,
    })

  test('R30: does not hold the new one', async () => {
    const before = await read()
    await replaced()
    await hold(deps(), holderOf(before), { cause: 'audience_missing', detail: 'the old audience is gone' })
    expect(await read()).toMatchObject({ hold: undefined })
    await hold(deps(), holderOf(await read()), { cause: 'audience_missing', detail: 'the new audience is gone' })
    expect(await read()).toMatchObject({ hold: { cause: 'audience_missing', detail: 'the new audience is gone' } })
    expect(told).toEqual(['held'])
  })

  test('R30: does not release the new one', async () => {
    const before = await read()
    await replaced()
    await setHold(db, { table: 'integration', id: INTEGRATION }, HOLD)
    await release(deps(), holderOf(before))
    expect(await read()).toMatchObject({ hold: HOLD })
    await release(deps(), holderOf(await read()))
    expect(await read()).toMatchObject({ hold: undefined })
    expect(told).toEqual(['released'])
  })
})
