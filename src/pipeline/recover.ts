import { closeInterrupted } from '../store/attempts.ts'
import { type Sql } from '../store/database.ts'
import { takeBackSending } from '../store/deliveries.ts'

/**
 * Takes back what was being sent when nobody can say any more how it ended: after a crash (of all integrations), or
 * of one integration after a commit of unknown outcome. It is due again, and everything is asserted (R22, I8).
 */
export async function recover(tx: Sql, now: number, integrationId?: string): Promise<number> {
  await closeInterrupted(tx, now, integrationId)
  return takeBackSending(tx, now, integrationId)
}
