import { median, range } from './numbers.ts'
import { startService, withFolder, withRelay } from './relay.ts'
import { atMost, reported, type Result } from './results.ts'

const STARTS = 7
const FACTS = 10_000
const LATENCY_MS = 20

/** From the command to the line that says it listens. */
export const start = (): Promise<Result[]> =>
  withFolder(async empty => {
    const first = await startedIn(empty)
    return withRelay(LATENCY_MS, async ({ eventOf, addSource, rest }) => {
      const source = await addSource('paused')
      await source.submit(range(FACTS).map(person => eventOf({ person, granted: true })))
      const times = { empty: new Array<number>(), full: new Array<number>() }
      await rest(async full => {
        for (const _round of range(STARTS)) {
          times.empty.push(await startedIn(empty))
          times.full.push(await startedIn(full))
        }
      })
      const how = `spawn to the JSON line, median of ${STARTS}, both stores in turn`
      const name = 'start of an installed service'
      return [
        atMost(1.5, { name: `${name}, empty store`, value: median(times.empty), unit: 's', how }),
        atMost(1.5, {
          name: `${name}, ${FACTS.toLocaleString('en-US')} facts and debts`,
          value: median(times.full),
          unit: 's',
          how,
        }),
        reported({ name: 'very first start, making the store', value: first, unit: 's', how: 'once' }),
      ]
    })
  })

async function startedIn(folder: string): Promise<number> {
  const service = await startService(folder)
  await service.stop()
  return service.startMs / 1_000
}
