import { MINUTE } from '../../domain/instant.ts'
import { type ContactRecord } from '../../domain/contact-record.ts'
import { type Outcome } from '../../domain/outcome.ts'
import { type Request } from '../../domain/plan.ts'
import { readAudience, type Trouble } from '../../mailchimp/audience.ts'
import { readHash } from '../../mailchimp/lookups.ts'
import { classifyWrite } from '../../mailchimp/classify.ts'
import { type Client, type Reply } from '../../mailchimp/client.ts'
import { type Assignment } from './assign.ts'

/** A 404 for a contact may mean that the audience is gone; so long after it was seen, that is asked. */
const CONFIRMED_FOR = MINUTE

/** When each audience was last seen to exist. Contacts taken for absent after that are in doubt if it is missing. */
export type Confirmations = Map<string, number>

type Sent = { readonly reply: Reply; readonly outcome: Outcome }

/** Sends one recorded request and says how it ended. Never throws for what Mailchimp or the network does. */
export async function send(
  client: Client,
  { request, plan, integration, decision: { record } }: Assignment,
  { confirmed, clock }: { readonly confirmed: Confirmations; readonly clock: () => number },
): Promise<Sent> {
  const reply = await client.send(request)
  const outcome = classifyWrite(reply, plan, clock())
  const { audienceId } = integration.settings
  if (outcome.kind === 'delivered') confirmed.set(audienceId, clock())
  if (outcome.kind !== 'skipped') return { reply, outcome }
  const trouble = await troubleWith(client, audienceId, { confirmed, clock })
  return { reply, outcome: trouble ?? (await whereaboutsOf(client, { audienceId, plan, record }, clock)) ?? outcome }
}

type Missing = { readonly audienceId: string; readonly plan: Request; readonly record: ContactRecord }

/**
 * R16e: a contact that took a write before is asked for once by its permanent id. Undefined for one that never did.
 */
async function whereaboutsOf(
  client: Client,
  { audienceId, plan, record }: Missing,
  clock: () => number,
): Promise<Outcome | undefined> {
  if (record.wroteAt === undefined) return undefined
  const gone: Outcome = { kind: 'skipped', because: 'contact_gone' }
  const { contactId } = record
  if (contactId === undefined || plan.contact.by === 'contact_id') return gone
  const read = await readHash(client, { audienceId, contactId }, clock())
  if (read.kind !== 'read') return read
  return read.value === undefined ? gone : { ...gone, movedTo: read.value }
}

/** What is wrong with an audience where a contact was not found; undefined when it is there. */
export async function troubleWith(
  client: Client,
  audienceId: string,
  { confirmed, clock }: { readonly confirmed: Confirmations; readonly clock: () => number },
): Promise<Trouble | undefined> {
  if (clock() - (confirmed.get(audienceId) ?? 0) < CONFIRMED_FOR) return undefined
  const read = await readAudience(client, audienceId, clock())
  if (read.kind !== 'read') return read
  confirmed.set(audienceId, clock())
  return undefined
}
