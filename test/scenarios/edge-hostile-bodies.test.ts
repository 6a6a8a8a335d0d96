import { expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { createTelemetry } from '../../src/telemetry.ts'
import { driveBodies, startDriven } from '../hostile-requests.ts'
import { event } from '../world.ts'

test('no body makes any route fail, or answer at length, of a stranger or of a caller', async () => {
  const lost: string[] = []
  const telemetry = {
    ...createTelemetry(createLog('silent')),
    bodyRefused: ({ route }: { route: string }) => void lost.push(route),
  }
  await using driven = await startDriven({ telemetry })
  const { statuses, faults } = await driveBodies(driven)
  expect(faults).toEqual([])
  expect([...statuses.values()].reduce((sum, n) => sum + n)).toBeGreaterThan(1_000)
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([400, 401, 404, 413, 422]))
  // Two of the bombs are larger than a webhook may be, and of an authenticated sender.
  expect([...new Set(lost)]).toEqual(['/webhooks/didomi/:sourceId'])

  const { world } = driven
  await world.receives(event({ who: 'ada@mail.test', at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } }))
  expect((await world.stats()).inbox.folded).toBe(1)
})
