import { decide, type Decision } from '../../domain/decide.ts'
import { type Fact, type Family } from '../../domain/fact.ts'
import { type Audience } from '../../domain/mapping.ts'
import { Problem } from '../../domain/problem.ts'
import { type TakenTag } from '../../domain/taken-tag.ts'
import { readMergeFields, type Read } from '../../mailchimp/audience.ts'
import { type Sql } from '../../store/engine/database.ts'
import { contactKeyText, contactsOf } from '../../store/contacts/contacts.ts'
import { doubtsOf } from '../../store/debts/due-debts.ts'
import { erasedByOf } from '../../store/ledger/erasures.ts'
import { factsOf } from '../../store/ledger/facts.ts'
import { personKey } from '../../store/ledger/source-person.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { contactKeyOf } from '../delivery/decide-due.ts'
import { answeringOf, foldedBy, TooMuchTold, whoNames } from '../delivery/naming.ts'
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

/** The facts about these people, by person. */
export async function knownOf(
  sql: Sql,
  { sourceId }: View,
  people: readonly string[],
): Promise<ReadonlyMap<string, readonly Fact[]>> {
  const keyOf = (person: string) => ({ sourceId, person })
  const facts = await factsOf(sql, people.map(keyOf))
  return new Map(people.map(person => [person, facts.get(personKey(keyOf(person))) ?? []]))
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

type Rehearsed = { readonly person: string; readonly facts: readonly Fact[] }

/** The decisions that a delivery would make for these people, but for what Mailchimp refused before. */
export async function rehearseAll(
  sql: Sql,
  view: View,
  { audience, people }: { readonly audience: Audience; readonly people: readonly Rehearsed[] },
): Promise<Decision[]> {
  const { integrationId = NO_INTEGRATION, sourceId, feed, settings, taken } = view
  const through = { id: integrationId, sourceId, feed, settings }
  const erasedBy = await erasedByOf(
    sql,
    people.map(({ person }) => person),
  )
  const folded = people.map(each => foldedBy(through, { ...each, erasedBy: erasedBy.get(each.person) }))
  const debts = people.map(({ person }) => ({ integrationId, person }))
  const [rows, doubts] = await Promise.all([whoNames(sql, folded), doubtsOf(sql, debts)])
  const answering = await answeringOf(sql, { folded, rows, doubts }).catch(tooMuch)
  const contacts = answering.map(({ own }) => contactKeyOf(settings, own.contact))
  const records = await contactsOf(
    sql,
    contacts.flatMap(key => key ?? []),
  )
  return answering.map(({ own, doubts: ofContact }, index) => {
    const key = contacts[index]
    const record = key && records.get(contactKeyText(key))
    const person = people[index]?.person ?? ''
    return decide({
      of: own,
      audience,
      settings,
      taken,
      integrationId,
      person,
      doubts: ofContact,
      record,
      refused: {},
    })
  })
}

function tooMuch(error: unknown): never {
  throw error instanceof TooMuchTold ? new Problem('wrong_state', error.message) : error
}

/** Nothing was ever written by a document that is not kept. */
const NO_INTEGRATION = ''

/** The same for one person. */
export async function rehearse(
  sql: Sql,
  view: View,
  { audience, ...one }: Rehearsed & { readonly audience: Audience },
): Promise<Decision> {
  const [decision] = await rehearseAll(sql, view, { audience, people: [one] })
  if (!decision) throw new Error('a person without a decision')
  return decision
}
