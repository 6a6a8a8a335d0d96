import { setTimeout as pause } from 'node:timers/promises'
import { addressOf } from './events.ts'
import { openLines } from './load.ts'
import { median, percentile, range } from './numbers.ts'
import { withRelay, type Relay, type Source } from './relay.ts'
import { atMost, reported, type Result } from './results.ts'

const GRANTS = 50_000
const LATENCY_MS = 300
const WITHDRAWALS = 20
const BETWEEN_MS = 1_000
const GIVE_UP_MS = 120_000
const LOOK_AGAIN_MS = 500

/** R23: how long a withdrawal waits while a mountain of grants is on its way. */
export const withdrawal = (): Promise<Result[]> =>
  withRelay(LATENCY_MS, async relay => {
    const source = await relay.addSource('paused')
    await source.submit(range(GRANTS).map(person => relay.eventOf({ person, granted: true })))
    await source.resume()
    await pause(BETWEEN_MS)
    const withdrawnAt = await withdraw(relay, source)
    const acceptedAt = await accepted(relay, [...withdrawnAt.keys()])
    const times = [...withdrawnAt].map(([address, at]) => ((acceptedAt.get(address) ?? Infinity) - at) / 1_000)
    const name = `a withdrawal behind ${GRANTS.toLocaleString('en-US')} waiting grants`
    const how = `${WITHDRAWALS} webhooks, one a second, of people whose grant still waits; from sending to accepted at ${LATENCY_MS} ms latency over 8 connections`
    return [
      atMost(60, { name: `${name}: p99`, value: percentile(times, 0.99), unit: 's', how }),
      reported({ name: `${name}: median`, value: median(times), unit: 's', how }),
    ]
  })

async function withdraw({ service, eventOf }: Relay, source: Source): Promise<Map<string, number>> {
  const [line] = await openLines(service.url, source, 1)
  const sentAt = new Map<string, number>()
  for (const person of range(WITHDRAWALS, GRANTS - WITHDRAWALS)) {
    sentAt.set(addressOf(person), Date.now())
    const status = await line?.send(JSON.stringify(eventOf({ person, granted: false })))
    if (status !== 202) throw new Error(`a webhook was answered ${status}`)
    await pause(BETWEEN_MS)
  }
  line?.close()
  return sentAt
}

/** When Mailchimp had answered the withdrawal of each of these addresses. */
async function accepted({ simulator }: Relay, addresses: readonly string[]): Promise<Map<string, number>> {
  const until = Date.now() + GIVE_UP_MS
  for (;;) {
    const denials = (await simulator.writes()).filter(({ body }) => body?.merge_fields?.['NEWS'] === 'false')
    const answers = denials.map(
      ({ body, answered_at }) => [body?.email_address ?? '', answered_at ?? Infinity] as const,
    )
    const found = new Map(answers.filter(([address, at]) => addresses.includes(address) && at < Infinity))
    if (found.size === addresses.length || Date.now() > until) return found
    await pause(LOOK_AGAIN_MS)
  }
}
