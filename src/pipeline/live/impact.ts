import { type Decision } from '../../domain/decide.ts'
import { impactOn, type Impact } from '../../domain/impact.ts'
import { type Family } from '../../domain/fact.ts'
import { type Settings } from '../../domain/integration.ts'
import { countDebts, peopleOwed } from '../../store/debts/delivery-list.ts'
import { tagsTakenFrom } from '../../store/settings/tag-claims.ts'
import { listIntegrations } from '../../store/settings/integrations.ts'
import { existingIntegration, existingSource } from '../existing.ts'
import { type AskDeps } from './asking.ts'
import { audienceOf, knownOf, rehearseAll, viewOf, type View } from './rehearsal.ts'
import { LIMITS } from '../../domain/limits.ts'

export type Impacts = {
  /** How many persons the integration owes or has paid. */
  readonly people: number
  readonly examined: number
  readonly impacts: readonly Impact[]
}

/** People read and decided on at a time: few enough that no other caller waits long. */
const CHUNK = 50

/** What these settings instead of its own would do to the people an integration knows. Stores and writes nothing. */
export async function weighChange(
  deps: AskDeps,
  { id, settings }: { readonly id: string; readonly settings: Settings },
): Promise<Impacts> {
  const { db } = deps
  const view = await viewOf(deps, await existingIntegration(db, id))
  return compare(deps, id, view, { ...view, settings, taken: await tagsTakenFrom(db, { id, settings }) })
}

type FeedImpact = Impacts & { readonly integrationId: string; readonly name: string | undefined }

/** R6c: the same of a source that folds the other family, for each integration that is enabled. */
export async function weighFeed(
  deps: AskDeps,
  { id, feed }: { readonly id: string; readonly feed: Family },
): Promise<readonly FeedImpact[]> {
  await existingSource(deps.db, id)
  const impacts: FeedImpact[] = []
  for (const integration of await listIntegrations(deps.db, { sourceId: id })) {
    if (!integration.settings.enabled || integration.leavesAt !== undefined) continue
    const view = await viewOf(deps, integration)
    const found = await compare(deps, integration.id, view, { ...view, feed })
    impacts.push({ integrationId: integration.id, name: integration.settings.name, ...found })
  }
  return impacts
}

async function compare(deps: AskDeps, id: string, view: View, changed: View): Promise<Impacts> {
  const { db } = deps
  const audience = await audienceOf(deps, view)
  const people = await peopleOwed(db, { integrationId: id, limit: LIMITS.impactPeople })
  const impacts: Impact[] = []
  for (let from = 0; from < people.length; from += CHUNK) {
    const known = await knownOf(db, view, people.slice(from, from + CHUNK))
    const told = [...known].map(([person, facts]) => ({ person, facts }))
    const before = await rehearseAll(db, view, { audience, people: told })
    const after = await rehearseAll(db, changed, { audience, people: told })
    impacts.push(
      ...told.flatMap(({ person }, index) => impactAt({ person, before: before[index], after: after[index] })),
    )
  }
  return { people: await countDebts(db, id), examined: people.length, impacts }
}

type Weighed = { readonly person: string; readonly before: Decision | undefined; readonly after: Decision | undefined }

const impactAt = ({ person, before, after }: Weighed): Impact[] => {
  const impact = before && after && impactOn({ person, before, after })
  return impact ? [impact] : []
}
