import { setTimeout as pause } from 'node:timers/promises'
import { callJson } from './http.ts'
import { startProgram, type Program } from './programs.ts'

export const AUDIENCE = 'benchmarked'
/** What the simulator was asked, in its words. */
type Asked = {
  readonly method: string
  readonly path: string
  readonly body: { readonly email_address?: string; readonly merge_fields?: Readonly<Record<string, unknown>> } | null
  readonly arrived_at: number
  readonly answered_at: number | null
}

export type SimulatorStats = {
  readonly calls: number
  readonly writes_applied: number
  readonly by_kind: Readonly<Record<string, number>>
}

/** Mailchimp, simulated in a process of its own, with one audience and no contacts in it. */
export type Simulator = Program & {
  setLatency(ms: number): Promise<void>
  stats(): Promise<SimulatorStats>
  /** The writes in order of arrival. */
  writes(): Promise<Asked[]>
  /** Resolves when so many writes were applied. */
  applied(total: number): Promise<void>
}

export async function startSimulator(latencyMs: number): Promise<Simulator> {
  const program = await startProgram(['simulator', '--port', '0'])
  const control = (path: string): string => `${program.url}/_simulator/${path}`
  const setLatency = (ms: number): Promise<void> => callJson(control('latency'), { method: 'POST', body: { ms } })
  const stats = (): Promise<SimulatorStats> => callJson(control('stats'))
  await callJson(control(`audiences/${AUDIENCE}`), {
    method: 'POST',
    body: { merge_fields: [{ tag: 'NEWS', type: 'text' }] },
  })
  await setLatency(latencyMs)
  return {
    ...program,
    setLatency,
    stats,
    async writes() {
      const { requests } = await callJson<{ requests: Asked[] }>(control('requests'))
      return requests.filter(({ method }) => method !== 'GET')
    },
    async applied(total) {
      while ((await stats()).writes_applied < total) await pause(ASK_AGAIN_MS)
    },
  }
}

const ASK_AGAIN_MS = 5
