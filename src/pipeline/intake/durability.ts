import { type Telemetry } from '../../telemetry.ts'
import { type Database } from '../../store/engine/database.ts'

/** Whether a commit is on disk for sure. It is asked at start, and again while running: a setting can change. */
export type Durability = { isSure(): boolean; check(): Promise<void> }

export function createDurability(db: Database, telemetry: Telemetry): Durability {
  let sure = true
  return {
    isSure: () => sure,
    async check() {
      try {
        await db.assertDurable()
        sure = true
      } catch (error) {
        sure = false
        telemetry.stepFailed('durability check', error)
      }
    },
  }
}
