import { callJson } from '../http.ts'
import { type SimulatorStats, startSimulator } from '../simulator.ts'
import { PURPOSES } from './feed.ts'
import { LATE_MS, LATENCY_MS } from './scale.ts'

export const KEY = '0123456789abcdef0123456789abcdef-us6'
export const AUDIENCE = 'compared'

export type LoggedWrite = {
  readonly path: string
  readonly body: { readonly email_address?: string; readonly members?: readonly Written[] } & Partial<Written>
  readonly arrived_at: number
  readonly answered_at: number | null
  readonly applied_at: number | null
}
export type Written = { readonly email_address?: string; readonly merge_fields: Readonly<Record<string, unknown>> }

type Held = { readonly email_address: string; readonly merge_fields: Readonly<Record<string, unknown>> }

type TargetStats = SimulatorStats & { readonly max_in_flight: number; readonly answers_429: number }

/** A fresh simulated Mailchimp in a process of its own, with an empty audience. */
export type Target = {
  readonly url: string
  /** From now on things go wrong; returns the time. */
  begin(): Promise<number>
  stats(): Promise<TargetStats>
  /** In order of arrival. */
  requests(): Promise<readonly LoggedWrite[]>
  contacts(): Promise<readonly Held[]>
}

export async function withTarget<T>(use: (target: Target) => Promise<T>): Promise<T> {
  const simulator = await startSimulator(LATENCY_MS)
  const control = (path: string): string => `${simulator.url}/_simulator/${path}`
  const fields = Object.values(PURPOSES).map(tag => ({ tag, type: 'text' }))
  await callJson(control(`audiences/${AUDIENCE}`), { method: 'POST', body: { merge_fields: fields } })
  try {
    return await use({
      url: simulator.url,
      async begin() {
        await callJson(control('faults'), { method: 'POST', body: { rules: FAULTS } })
        return Date.now()
      },
      stats: () => callJson<TargetStats>(control('stats')),
      async requests() {
        return (await callJson<{ requests: LoggedWrite[] }>(control('requests'))).requests
      },
      async contacts() {
        return (await callJson<{ contacts: Held[] }>(control(`contacts/${AUDIENCE}`))).contacts
      },
    })
  } finally {
    await simulator.stop()
  }
}

/** Of all requests, reads included, 2 % go wrong; and once somebody else takes all ten connections for a moment. */
const FAULTS = [
  { after: 5_000, count: 5, fault: { trigger: 'TooManyRequests' } },
  { rate: 0.01, seed: 11, fault: { status: 500 } },
  { rate: 0.005, seed: 12, fault: { status: 500, apply: true } },
  { rate: 0.003, seed: 13, fault: { apply_late_ms: Math.round(LATE_MS.soon) } },
  { rate: 0.002, seed: 14, fault: { apply_late_ms: Math.round(LATE_MS.long) } },
]
