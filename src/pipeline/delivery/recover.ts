import { widened } from '../../domain/window.ts'
import { fieldsIn } from '../../mailchimp/targets.ts'
import { closeInterrupted } from '../../store/debts/attempts.ts'
import { type Sql } from '../../store/engine/database.ts'
import { takeBackSending } from '../../store/debts/deliveries.ts'
import { keepWindows, openAttempts } from '../../store/debts/windows.ts'

type Recovery = {
  readonly now: number
  readonly windowMs: number
  /** When what is taken back is due, but what has become due again since it left is due now. */
  readonly dueAt: number
  readonly integrationId?: string
}

/**
 * Takes back what was being sent when its end cannot be known any more: after a crash (of all integrations), or
 * of one integration after a commit of unknown outcome. It is due again, everything is asserted, and asserted once
 * more when what had left by now can no longer be applied (R22, I8, I15).
 */
export async function recover(tx: Sql, { now, windowMs, dueAt, integrationId }: Recovery): Promise<number> {
  const open = await openAttempts(tx, integrationId)
  const windows = open.map(({ window, request, contact, ...debt }) => ({
    ...debt,
    window: widened(window, { fields: fieldsIn(request), sentAt: now, until: now + windowMs, contact }),
  }))
  if (windows.length > 0) await keepWindows(tx, windows)
  const debts = await takeBackSending(tx, { now, dueAt }, integrationId)
  await closeInterrupted(tx, now, integrationId)
  return debts
}
