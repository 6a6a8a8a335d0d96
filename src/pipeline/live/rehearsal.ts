import { type Decision } from '../../domain/decide.ts'
import { type Fact, type Family } from '../../domain/fact.ts'
import { type Audience } from '../../domain/mapping.ts'
import { Problem } from '../../domain/problem.ts'
import { type TakenTag } from '../../domain/taken-tag.ts'
import { readMergeFields, type Read } from '../../mailchimp/audience.ts'
import { type Sql } from '../../store/engine/database.ts'
import { debtKey } from '../../store/debts/debt-key.ts'
import { lastDelivered, type LastDelivered } from '../../store/debts/delivered.ts'
import { factsOf } from '../../store/ledger/facts.ts'
import { personKey } from '../../store/ledger/source-person.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { decisionFor } from '../delivery/decide-debt.ts'
import { askMailchimp, keyIn, keyOf, type AskDeps, type Document } from './asking.ts'

/** A document through which people are seen as a delivery would see them, whether it is kept here or not. */
export type View = Document & {
  readonly sourceId: string
  readonly feed: Family | undefined
  /** The tags of the mapping that another integration fills (R16c). */
  readonly taken: readonly TakenTag[]
  /** The integration whose deliveries count as delivered; undefined when nothing was delivered yet. */
  readonly integrationId: string | undefined
}

/** Through an integration as it is. */
export const viewOf = async (deps: AskDeps, integration: Integration): Promise<View> => ({
  sourceId: integration.sourceId,
  feed: integration.feed,
  settings: integration.settings,
  taken: integration.taken,
  apiKey: (await keyOf(deps, integration)).apiKey,
  integrationId: integration.id,
})

/** What is known of a person, and what Mailchimp confirmed last. */
type KnownPerson = { readonly facts: readonly Fact[]; readonly last: LastDelivered | undefined }

export async function knownOf(
  sql: Sql,
  view: View,
  people: readonly string[],
): Promise<ReadonlyMap<string, KnownPerson>> {
  const { sourceId, integrationId } = view
  const keyOf = (person: string) => ({ sourceId, person })
  const debts = integrationId === undefined ? [] : people.map(person => ({ integrationId, person }))
  const [facts, last] = await Promise.all([factsOf(sql, people.map(keyOf)), lastDelivered(sql, debts)])
  return new Map(
    people.map(person => [
      person,
      {
        facts: facts.get(personKey(keyOf(person))) ?? [],
        last: integrationId === undefined ? undefined : last.get(debtKey({ integrationId, person })),
      },
    ]),
  )
}

export async function readAudienceOf(deps: AskDeps, view: View): Promise<Read<Audience>> {
  const read = await askMailchimp(deps, keyIn(view), client =>
    readMergeFields(client, view.settings.audienceId, deps.clock()),
  )
  return read.kind === 'read' ? { kind: 'read', value: { fields: read.value } } : read
}

/** The audience of a document that is kept; what Mailchimp has against it is not the caller's fault. */
export async function audienceOf(deps: AskDeps, view: View): Promise<Audience> {
  const read = await readAudienceOf(deps, view)
  if (read.kind !== 'read') throw new Problem('mailchimp_unreachable', read.detail)
  return read.value
}

/** The decision that a delivery would make, but for what Mailchimp refused before. */
export function rehearse(
  view: View,
  audience: Audience,
  { person, facts, last }: KnownPerson & { readonly person: string },
) {
  const ready = { integration: { feed: view.feed, settings: view.settings, taken: view.taken }, audience }
  return decisionFor(person, facts, ready, { last, refused: {} }) satisfies Decision
}
