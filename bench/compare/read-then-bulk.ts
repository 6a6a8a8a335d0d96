import { addressOf } from '../events.ts'
import { createQueue, scheduled } from './arrivals.ts'
import { differs, fieldsOf, hashOf, NEW_STATUS, PATH_OF_FIELDS, type Read } from './contact.ts'
import { type Said } from './feed.ts'
import { createPlainClient, type PlainClient } from './plain-client.ts'
import { scaled } from './scale.ts'
import { type Way } from './way.ts'

const GROUP = 20
const PATIENCE_MS = scaled(5_000)
/** Two below Mailchimp's limit, as ours. */
const CONNECTIONS = 8

/**
 * Waits for 20 events, for five seconds at most, reads each contact's status, and writes all in one `POST /lists/{id}`
 * with `update_existing` and the status that was read: the way of event routers (RudderStack's Mailchimp destination
 * reads every contact and echoes its status; its router hands over groups of 20 by default). Better than that in three
 * ways: never more than eight reads at once, several events of one contact in a group become one entry in which the
 * last one wins, and contacts that have the values already are left out. One group at a time, so that none overtakes
 * another.
 */
export const readThenBulk: Way = async ({ target, feed }) => {
  const client = createPlainClient(target, CONNECTIONS)
  const begunAt = await target.begin()
  const queue = createQueue(scheduled(feed, begunAt))
  const next = (): Promise<readonly Said[]> => queue.group(GROUP, PATIENCE_MS)
  for (let group = await next(); group.length > 0; group = await next()) await bring(client, group)
  await client.close()
  return begunAt
}

type Entry = { readonly address: string; readonly fields: Readonly<Record<string, string>> }

async function bring(client: PlainClient, group: readonly Said[]): Promise<void> {
  const members = (await Promise.all(entriesOf(group).map(entry => memberOf(client, entry)))).flat()
  if (members.length === 0) return
  const body = { members, update_existing: true }
  const answer = await client.ask('POST', '?skip_merge_validation=true', body)
  const { errors } = (answer?.body ?? { errors: [] }) as { errors: readonly unknown[] }
  if (errors.length > 0) throw new Error(`contacts were refused: ${JSON.stringify(errors)}`)
}

function entriesOf(group: readonly Said[]): readonly Entry[] {
  const fields = new Map<string, Entry['fields']>()
  for (const { person, choices } of group) {
    const address = addressOf(person)
    fields.set(address, { ...fields.get(address), ...fieldsOf(choices) })
  }
  return [...fields].map(([address, values]) => ({ address, fields: values }))
}

/** Nothing when the contact has these values, or could not be read. */
async function memberOf(client: PlainClient, { address, fields }: Entry): Promise<readonly unknown[]> {
  const read = await client.ask('GET', `/members/${hashOf(address)}?${PATH_OF_FIELDS}`)
  if (!read) return []
  const contact = read.status === 404 ? undefined : (read.body as Read)
  if (!differs(contact, fields)) return []
  return [{ email_address: address, status: contact?.status ?? NEW_STATUS, merge_fields: fields }]
}
