import { newsOf, type LateLevel } from '../../domain/lateness.ts'
import { type Telemetry } from '../../telemetry.ts'
import { oldestWithdrawal } from '../../store/debts/backlog.ts'
import { type Sql } from '../../store/engine/database.ts'
import { listIntegrations } from '../../store/settings/integrations.ts'

type LatenessDeps = { readonly db: Sql; readonly clock: () => number; readonly telemetry: Telemetry }

/** Watches over withdrawals that never expire (I17), so that an operator learns when they do not get through (R26). */
export type Lateness = {
  /** Says what has become worse since the last look, and what has caught up. */
  check(): Promise<void>
}

export function createLateness({ db, clock, telemetry }: LatenessDeps): Lateness {
  let told: ReadonlyMap<string, LateLevel> = new Map()
  return {
    async check() {
      const ages = await readAges(db, clock)
      const next = new Map<string, LateLevel>()
      for (const { integrationId, ageMs } of ages) {
        const before = told.get(integrationId)
        const news = newsOf(before, ageMs)
        const level = news === 'caught_up' ? undefined : (news ?? before)
        if (level !== undefined) next.set(integrationId, level)
        if (news === 'caught_up') telemetry.withdrawalsCaughtUp({ integrationId })
        else if (news !== undefined) telemetry.withdrawalLate({ integrationId, level: news, ageMs: ageMs ?? 0 })
      }
      told = next
    },
  }
}

async function readAges(db: Sql, clock: () => number) {
  const ages: { readonly integrationId: string; readonly ageMs: number | undefined }[] = []
  for (const { id, settings } of await listIntegrations(db)) {
    // Switched off by a person, it waits on purpose.
    const owedAt = settings.enabled ? await oldestWithdrawal(db, id) : undefined
    ages.push({ integrationId: id, ageMs: owedAt === undefined ? undefined : clock() - owedAt })
  }
  return ages
}
