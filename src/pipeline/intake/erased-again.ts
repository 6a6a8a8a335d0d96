import { withoutRecords } from '../../didomi/records.ts'
import { type Fault } from '../../didomi/shape.ts'
import { type Reading } from '../../didomi/webhook.ts'
import { type Sql } from '../../store/engine/database.ts'
import { type StoredFact } from '../../store/ledger/facts.ts'
import { buriedAmong } from '../../store/ledger/tombstones.ts'
import { keepCut } from './cut-bodies.ts'

type Fresh = {
  readonly id: string
  readonly sourceId: string
  readonly receivedAt: number
  readonly raw: Uint8Array
  /** What is set apart of it. */
  readonly faults: readonly Fault[]
  readonly readings: readonly Reading[]
}

type Erased = {
  /** What was told before; perhaps it was erased since. */
  readonly repeats: readonly StoredFact[]
  /** What an erasure hides (R34). */
  readonly hidden: readonly StoredFact[]
}

/** What was erased once is not kept with another body either, in which it comes again. */
export async function forgetErased(tx: Sql, bodies: readonly Fresh[], { repeats, hidden }: Erased): Promise<void> {
  const known = repeats.length === 0 ? [] : await buriedAmong(tx, repeats)
  const buried = new Set([...known, ...hidden].map(({ sourceId, key }) => `${sourceId} ${key}`))
  if (buried.size === 0) return
  for (const { id, sourceId, receivedAt, raw, faults, readings } of bodies) {
    const isErased = (reading: Reading) => reading.kind === 'fact' && buried.has(`${sourceId} ${reading.fact.key}`)
    if (!readings.some(isErased)) continue
    const cut = withoutRecords({ raw, receivedAt, faults }, ({ reading }) => isErased(reading))
    if (cut) await keepCut(tx, id, cut)
  }
}
