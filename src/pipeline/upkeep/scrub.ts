import { messageOf } from '../../domain/thrown.ts'
import { openSqliteReader } from '../../store/engine/sqlite.ts'
import { isDamage } from '../../store/engine/errors.ts'
import { lookForDamage } from '../../store/soundness/damage.ts'
import { type Telemetry } from '../../telemetry.ts'
import { type Durability } from '../intake/durability.ts'
import { createLoop } from '../loop.ts'

type ScrubDeps = {
  /** Of the embedded store. */
  readonly file: string
  readonly durability: Pick<Durability, 'noteDamage'>
  readonly telemetry: Pick<Telemetry, 'stepFailed'>
}

type Scrub = {
  /** Every table is looked at, for damaged pages. */
  request(): void
  idle(): Promise<void>
  stop(): Promise<void>
}

/** R32: looks for damage on a connection and a thread of its own, so that neither writing nor reading waits. */
export function createScrub({ file, durability, telemetry }: ScrubDeps): Scrub {
  let stopped = false
  const loop = createLoop(scrub, error => telemetry.stepFailed('check of the store', error))

  async function scrub(): Promise<void> {
    if (stopped) return
    const reader = await openSqliteReader(file)
    try {
      const { damage } = await lookForDamage(reader, { isOver: () => stopped })
      if (damage !== undefined) durability.noteDamage(`${file}: ${damage}`)
    } catch (error) {
      if (!isDamage(error)) throw error
      durability.noteDamage(`${file}: ${messageOf(error)}`)
    } finally {
      await reader.close()
    }
  }

  return {
    request: loop.request,
    idle: loop.idle,
    stop: async () => {
      stopped = true
      await loop.stop()
    },
  }
}
