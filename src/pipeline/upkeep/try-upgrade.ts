import { withdrawsAny, type Fields } from '../../domain/plan.ts'
import { claimedAs } from '../../domain/taken-tag.ts'
import { byName } from '../../domain/target.ts'
import { type Audience } from '../../domain/mapping.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { migrate, type Migration } from '../../store/engine/migrate.ts'
import { unacceptedDebts } from '../../store/debts/upgraded.ts'
import { listIntegrations, type Integration } from '../../store/settings/integrations.ts'
import { decideAll } from '../delivery/decide-due.ts'
import { type Decided } from '../delivery/decide-debt.ts'
import { nextPart } from './upgrade.ts'

/** What the upgrade makes of one person, by merge tag: what is written, and what is written once it is accepted. */
type Sample = { readonly person: string; readonly writes: Fields; readonly grants: readonly string[] }

/** How many people of an integration the upgrade denies, grants or clears something; one person may be in several. */
export type Effect = {
  readonly integrationId: string
  readonly name: string
  readonly denied: number
  readonly granted: number
  readonly cleared: number
  readonly samples: readonly Sample[]
}

/** Thrown at the end of a trial, so that its transaction leaves nothing. */
class Tried extends Error {
  override readonly name = 'Tried'
}

const CHUNK = 500
const SAMPLES = 10

/**
 * What the upgrade of a store would do, integration by integration. All of it is done in one transaction that is undone
 * at its end, so nothing changes. Mailchimp is not asked: what a field of another type than text takes is not known.
 */
export async function tryUpgrade(
  db: Database,
  { migrations, at }: { readonly migrations: readonly Migration[]; readonly at: number },
): Promise<readonly Effect[]> {
  let effects: readonly Effect[] = []
  try {
    await db.transaction(async tx => {
      await migrate({ transaction: work => work(tx) }, migrations)
      while (await nextPart(tx, { limit: CHUNK, at }));
      effects = await effectsIn(tx, at)
      throw new Tried('nothing of it stays')
    }, 'long')
  } catch (error) {
    if (!(error instanceof Tried)) throw error
  }
  return effects
}

async function effectsIn(tx: Sql, at: number): Promise<Effect[]> {
  const effects: Effect[] = []
  for (const integration of (await listIntegrations(tx)).reverse())
    if (integration.settings.enabled) effects.push(await effectOn(tx, integration, at))
  return effects
}

async function effectOn(tx: Sql, integration: Integration, now: number): Promise<Effect> {
  const counts = { denied: 0, granted: 0, cleared: 0 }
  const samples: Sample[] = []
  const ready = { integration, audience: audienceFor(integration) }
  let after = ''
  for (;;) {
    const debts = await unacceptedDebts(tx, { integrationId: integration.id, after, limit: CHUNK })
    const last = debts.at(-1)
    if (!last)
      return { integrationId: integration.id, name: integration.settings.name ?? integration.id, ...counts, samples }
    after = last.person
    const { decided } = await decideAll(
      tx,
      debts.map(debt => ({ debt, ready })),
      now,
    )
    for (const each of decided) {
      const { sample, is } = effectIn(each)
      if (is.denied) counts.denied += 1
      if (is.granted) counts.granted += 1
      if (is.cleared) counts.cleared += 1
      if (samples.length < SAMPLES && (is.denied || is.granted || is.cleared)) samples.push(sample)
    }
  }
}

function effectIn({ debt: { person }, decision }: Decided) {
  const { plan, desired, lastDelivered } = decision
  const fields = plan.do === 'skip' ? {} : plan.fields
  const grants = desired.setAside.filter(({ code }) => code === 'upgrade_unaccepted').map(({ tag }) => tag)
  const values = Object.entries(fields)
  const loses = values.filter(
    ([key, value]) => value !== '' && withdrawsAny({ [key]: value }, lastDelivered, desired.lists),
  )
  return {
    sample: { person, writes: byName(fields), grants },
    is: {
      // What waits for an answer (R33) would be denied, too.
      denied: loses.length > 0 || desired.setAside.some(({ code }) => code === 'many_retractions'),
      granted: grants.length > 0,
      cleared: values.some(([, value]) => value === ''),
    },
  }
}

/** Every mapped field as text, which takes every value that fits it. */
const audienceFor = ({ settings }: Integration): Audience => ({
  fields: [...new Set(settings.mappings.map(({ id }) => claimedAs(id)))].map(id => ({
    tag: id,
    mergeId: undefined,
    name: id,
    type: 'text',
    choices: [],
    dateFormat: undefined,
    phoneFormat: undefined,
  })),
})
