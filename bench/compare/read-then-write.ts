import { addressOf } from '../events.ts'
import { range } from '../numbers.ts'
import { createQueue, scheduled } from './arrivals.ts'
import { differs, fieldsOf, hashOf, NEW_STATUS, PATH_OF_FIELDS, type Read } from './contact.ts'
import { type Said } from './feed.ts'
import { createPlainClient, type PlainClient } from './plain-client.ts'
import { type Way } from './way.ts'

const WORKERS = 10

/**
 * For each event read the contact, and write it if it differs, ten at a time: the way of connectors of data platforms
 * (Grouparoo's Mailchimp plugin reads and then writes every record, nine at a time). Better than those in two ways: the
 * events of one contact always go to the same worker, so none overtakes another; and the status is left alone.
 */
export const readThenWrite: Way = async ({ target, feed }) => {
  const client = createPlainClient(target, WORKERS)
  const begunAt = await target.begin()
  const arrivals = scheduled(feed, begunAt)
  const work = async (worker: number): Promise<void> => {
    const queue = createQueue(arrivals.filter(({ said }) => said.person % WORKERS === worker))
    for (let said = await queue.next(); said; said = await queue.next()) await bring(client, said)
  }
  await Promise.all(range(WORKERS).map(work))
  await client.close()
  return begunAt
}

async function bring(client: PlainClient, { person, choices }: Said): Promise<void> {
  const address = addressOf(person)
  const path = `/members/${hashOf(address)}`
  const read = await client.ask('GET', `${path}?${PATH_OF_FIELDS}`)
  if (!read) return
  const contact = read.status === 404 ? undefined : (read.body as Read)
  const fields = fieldsOf(choices)
  if (!differs(contact, fields)) return
  const body = { email_address: address, status_if_new: NEW_STATUS, merge_fields: fields }
  await client.ask('PUT', `${path}?skip_merge_validation=true`, body)
}
