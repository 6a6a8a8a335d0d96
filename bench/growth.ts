import { median, range } from './numbers.ts'
import { costOf } from './processor.ts'
import { withRelay, type Relay } from './relay.ts'
import { atMost, reported, type Result } from './results.ts'
import { invent, openStore } from './store.ts'

const FEW = 10_000
const MANY = 200_000
const FACTS_A_PERSON = 10
const CHANGED = FEW / FACTS_A_PERSON
const ROUNDS = 3
const LATENCY_MS = 1

/** Whether an event costs more when there is more history of others. */
export const growth = (): Promise<Result[]> =>
  withRelay(LATENCY_MS, few =>
    withRelay(LATENCY_MS, async many => {
      const small = await changing(few, FEW)
      const large = await changing(many, MANY)
      const costs = { small: new Array<number>(), large: new Array<number>() }
      for (const round of range(ROUNDS + 1)) {
        const [little, much] = [await small(round), await large(round)]
        // The first one only warms up.
        if (round === 0) continue
        costs.small.push(little)
        costs.large.push(much)
      }
      const [little, much] = [median(costs.small), median(costs.large)]
      const name = `cost per event at ${MANY.toLocaleString('en-US')} facts`
      const how = `processor time of the service per event taken in and delivered, ${CHANGED.toLocaleString('en-US')} people with ${FACTS_A_PERSON} facts each, median of ${ROUNDS} rounds taken in turn; the budget's 10 million facts were not run`
      return [
        atMost(1.3, {
          name: `${name} against ${FEW.toLocaleString('en-US')}`,
          value: much / little,
          unit: 'times',
          how,
        }),
        reported({ name, value: much, unit: 'ms', how }),
      ]
    }),
  )

/** Fills a store with history, and returns what measures the cost of one more event of each of some people. */
async function changing(relay: Relay, facts: number): Promise<(round: number) => Promise<number>> {
  const source = await relay.addSource('paused')
  const people = facts / FACTS_A_PERSON
  const body = JSON.stringify(relay.eventOf({ person: 0, granted: true }))
  await relay.rest(async folder => {
    const db = await openStore(folder)
    await invent(db, { sourceId: source.id, body, facts, people, debts: 'delivered' })
    await db.close()
  })
  const changed = range(CHANGED).map(index => (index * people) / CHANGED)
  return async round => {
    const { ingestMs, deliverMs } = await costOf(relay, source, changed, round % 2 === 0)
    return (ingestMs + deliverMs) / CHANGED
  }
}
