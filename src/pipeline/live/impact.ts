import { type Decision } from '../../domain/decide.ts'
import { impactOn, type Impact } from '../../domain/impact.ts'
import { type Settings } from '../../domain/integration.ts'
import { countDebts, peopleOwed } from '../../store/debts/delivery-list.ts'
import { tagsTakenFrom } from '../../store/settings/tag-claims.ts'
import { existingIntegration } from '../existing.ts'
import { type AskDeps } from './asking.ts'
import { audienceOf, knownOf, rehearseAll, viewOf } from './rehearsal.ts'
import { LIMITS } from '../../domain/limits.ts'

type Impacts = {
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
  const changed = { ...view, settings, taken: await tagsTakenFrom(db, { id, settings }) }
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
