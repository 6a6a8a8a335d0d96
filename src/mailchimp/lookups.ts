import { type FieldValue, type MergeField } from '../domain/merge-field.ts'
import { type ContactRef } from '../domain/person.ts'
import { type Fields } from '../domain/plan.ts'
import { contactKey } from './address.ts'
import { fieldOf, textOf } from './answer.ts'
import {
  audienceIn,
  mergeFieldIn,
  readJson,
  readList,
  SUMMARY_PARTS,
  type AudienceSummary,
  type Read,
} from './audience.ts'
import { classifyTrouble, isNotFound } from './classify.ts'
import { type Client } from './client.ts'
import { heldIn } from './targets.ts'

/** An audience with how many contacts it has, of every status. */
export type SizedAudience = AudienceSummary & { readonly contacts: number }

const PARTS = [...SUMMARY_PARTS, 'stats.member_count', 'stats.total_contacts']

// Only asked for does Mailchimp count those who are not subscribed, too.
const COUNTED = 'include_total_contacts=true'

const sizedIn = (json: unknown): SizedAudience => {
  const stats = fieldOf(json, 'stats')
  const contacts = fieldOf(stats, 'total_contacts') ?? fieldOf(stats, 'member_count')
  return { ...audienceIn(json), contacts: typeof contacts === 'number' ? contacts : 0 }
}

/** The audiences of the key's account. */
export async function readAudiences(client: Client, now: number): Promise<Read<SizedAudience[]>> {
  const read = await readList(client, { path: '/lists', list: 'lists', parts: PARTS, query: COUNTED }, now)
  return read.kind === 'read' ? { kind: 'read', value: read.value.map(sizedIn) } : read
}

/** One audience; a 404 means that it is missing. */
export async function readSizedAudience(client: Client, audienceId: string, now: number): Promise<Read<SizedAudience>> {
  const path = `/lists/${encodeURIComponent(audienceId)}?fields=${PARTS.join()}&${COUNTED}`
  const read = await readJson(client, path, now)
  return read.kind === 'read' ? { kind: 'read', value: sizedIn(read.value) } : read
}

type NewField = { readonly audienceId: string; readonly tag: string; readonly name: string }

/** Makes a text merge field, the one type that takes any choice; its type can never be changed at Mailchimp. */
export async function createTextField(
  client: Client,
  { audienceId, tag, name }: NewField,
  now: number,
): Promise<Read<MergeField>> {
  const path = `/lists/${encodeURIComponent(audienceId)}/merge-fields`
  const reply = await client.send({ method: 'POST', path, body: { tag, name, type: 'text' } })
  if (reply.kind !== 'answer' || reply.status !== 200) return classifyTrouble(reply, now)
  // A success that does not say what was made is none that we can read.
  if (textOf(reply.json, 'tag') === '') return classifyTrouble({ ...reply, json: undefined }, now)
  return { kind: 'read', value: mergeFieldIn(reply.json) }
}

/** A contact as it is at the moment: its status, and what its targets hold of text and numbers. */
type HeldContact = { readonly status: string; readonly fields: Fields }

type Named = { readonly audienceId: string; readonly contact: ContactRef }

/** One contact; undefined when the audience, which must be known to exist, has no such contact. */
export async function readContact(
  client: Client,
  { audienceId, contact }: Named,
  now: number,
): Promise<Read<HeldContact | undefined>> {
  const path = `/lists/${encodeURIComponent(audienceId)}/members/${contactKey(contact)}?fields=status,merge_fields`
  const reply = await client.send({ method: 'GET', path })
  if (isNotFound(reply)) return { kind: 'read', value: undefined }
  if (reply.kind !== 'answer' || reply.status !== 200 || textOf(reply.json, 'status') === '')
    return classifyTrouble(reply, now)
  const held = Object.entries(heldIn(reply.json) ?? {})
  const fields = held.filter((entry): entry is [string, FieldValue] => ['string', 'number'].includes(typeof entry[1]))
  return { kind: 'read', value: { status: textOf(reply.json, 'status'), fields: Object.fromEntries(fields) } }
}

/** Under which hash the contact with this permanent id is found now; undefined when there is none. */
export async function readHash(
  client: Client,
  { audienceId, contactId }: { readonly audienceId: string; readonly contactId: string },
  now: number,
): Promise<Read<string | undefined>> {
  const path = `/lists/${encodeURIComponent(audienceId)}/members/${encodeURIComponent(contactId)}?fields=id`
  const reply = await client.send({ method: 'GET', path })
  if (isNotFound(reply)) return { kind: 'read', value: undefined }
  if (reply.kind !== 'answer' || reply.status !== 200) return classifyTrouble(reply, now)
  const hash = textOf(reply.json, 'id')
  return { kind: 'read', value: hash === '' ? undefined : hash }
}
