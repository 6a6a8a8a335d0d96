import { describe, expect, test } from 'vitest'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addCredential,
  addIntegration,
  addSource,
  INTEGRATION,
  oweOne,
  SOURCE,
} from '../../../test/store-builders.ts'
import { EVERY_TARGET } from '../../domain/brake.ts'
import { debtKey } from '../debts/delivery-columns.ts'
import { PRIORITY } from '../debts/deliveries.ts'
import { migrate } from '../engine/migrate.ts'
import { migrations } from '../migrations/all.ts'
import { brakedTargetsOf } from './braked-targets.ts'
import { answerBrake, listBrakes, openBrake } from './brakes.ts'

const NOW = 1_795_500_000_000

describe.each(databases)('R33: what the version before held, on $name', ({ open }) => {
  test('waits on, behind the same answers', async () => {
    const db = await open()
    try {
      await migrate(
        db,
        migrations.filter(({ version }) => version < 31),
      )
      await addSource(db)
      await addCredential(db)
      await addIntegration(db)
      for (const person of [ADA, 'bob', 'free']) await oweOne(db, { person, priority: PRIORITY.live })
      const brake = 'brk_1'
      await db.query('insert into brake (id, source_id, since) values ($1, $2, $3)', [brake, SOURCE, NOW])
      await db.query(`update delivery set brake_id = $1, braked = 1 where person = $2`, [brake, ADA])
      await db.query(`update delivery set brake_id = $1 where person = 'bob'`, [brake])

      await migrate(db, migrations)

      const keys = [ADA, 'bob', 'free'].map(person => ({ integrationId: INTEGRATION, person }))
      const known = await brakedTargetsOf(db, keys)
      expect(keys.map(key => known.get(debtKey(key)))).toEqual([
        [{ target: EVERY_TARGET, brakeId: brake, waits: true }],
        [{ target: EVERY_TARGET, brakeId: brake, waits: false }],
        undefined,
      ])
      expect(await db.query('select person, braked from delivery order by person')).toEqual([
        { person: ADA, braked: 1 },
        { person: 'bob', braked: 1 },
        { person: 'free', braked: 0 },
      ])
      expect(await listBrakes(db, { before: '', limit: 9 })).toMatchObject([
        { id: brake, debts: 1, people: 1, samples: [{ person: ADA, targets: [] }] },
      ])
      await answerBrake(db, { id: brake, decision: 'withhold', at: NOW, by: 'ops' })
      await expect(openBrake(db, { sourceId: SOURCE, now: NOW }), 'a new one may be opened').resolves.toMatch(/^brk_/)
    } finally {
      await db.close()
    }
  })
})
