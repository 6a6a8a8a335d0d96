import type { Batch, Operation } from './batch.ts'
import { statusAfter } from './batches.ts'
import type { State } from './state.ts'

export type OperationAnswer = Readonly<{ status: number; body: string }>

export type BatchTiming = Readonly<{
  /** Between one status and the next. */
  stageMs: number
  /** For each operation; about 60 at the real one, 16 a second (reported). */
  operationMs: number
}>

type Runner = Readonly<{
  state: State
  timing: BatchTiming
  perform: (batch: Batch, operation: Operation) => OperationAnswer
}>

type Running = Runner & Readonly<{ idle: (account: string) => void }>

const AT_A_TIME = 100

/** What to call when a batch is handed in: runs an account's batches one at a time, each from stage to stage. */
export function createBatchRunner(runner: Runner): (batch: Batch) => void {
  const busy = new Set<string>()
  return batch => {
    if (busy.has(batch.account)) return
    busy.add(batch.account)
    startNext({ ...runner, idle: account => busy.delete(account) }, batch.account)
  }
}

function advance(runner: Running, batch: Batch, left: readonly Operation[]): void {
  const { state, timing } = runner
  state.timers.later(Math.max(1, timing.stageMs), () => {
    if (!state.batches.has(batch.id)) return startNext(runner, batch.account)
    if (state.behaviour.batchQueue === 'stands') return advance(runner, batch, left)
    batch.status = statusAfter(batch.status)
    if (batch.status === 'started') return work(runner, batch, left)
    if (batch.status !== 'finished') return advance(runner, batch, left)
    batch.completedAt = state.clock.now()
    startNext(runner, batch.account)
  })
}

/** A few operations at a time, so that live requests get their turn. */
function work(runner: Running, batch: Batch, left: readonly Operation[]): void {
  const { state, timing } = runner
  const size = timing.operationMs > 0 ? 1 : AT_A_TIME
  if (left.length === 0) return advance(runner, batch, left)
  state.timers.later(Math.max(1, timing.operationMs), () => {
    if (!state.batches.has(batch.id)) return startNext(runner, batch.account)
    if (state.behaviour.batchQueue === 'stands') return work(runner, batch, left)
    for (const operation of left.slice(0, size)) {
      const { status, body } = runner.perform(batch, operation)
      batch.results.push({ statusCode: status, operationId: operation.operationId, response: body })
    }
    work(runner, batch, left.slice(size))
  })
}

function startNext(runner: Running, account: string): void {
  const next = [...runner.state.batches.values()].find(batch => batch.account === account && batch.status === 'pending')
  if (!next) return runner.idle(account)
  advance(runner, next, shuffled(next.operations, runner.state))
}

/** Operations of a batch are not promised to run in order, so here they do not. */
function shuffled(operations: readonly Operation[], { random }: State): readonly Operation[] {
  return operations
    .map(operation => ({ operation, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ operation }) => operation)
}
