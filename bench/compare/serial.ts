import mailchimp from '@mailchimp/mailchimp_marketing'
import { addressOf } from '../events.ts'
import { createQueue, scheduled } from './arrivals.ts'
import { fieldsOf, hashOf, NEW_STATUS } from './contact.ts'
import { type Said } from './feed.ts'
import { AGAIN, mayPass, retried } from './retry.ts'
import { AUDIENCE, KEY } from './target.ts'
import { type Way } from './way.ts'

/**
 * One upsert for each event, one after the other in order of arrival, with the official client: the loop of webhook
 * handlers and small scripts, after the client's README and the reference of `PUT /lists/{id}/members/{hash}`. The
 * client retries nothing; its users are given a loop with backoff, which is more than the README shows.
 */
export const serial: Way = async ({ target, feed }) => {
  mailchimp.setConfig({ apiKey: KEY, server: KEY.slice(KEY.indexOf('-') + 1) })
  // In place of https://<server>.api.mailchimp.com/3.0; everything else is sent as in reality, without TLS.
  mailchimp.basePath = `${target.url}/3.0`
  const begunAt = await target.begin()
  const queue = createQueue(scheduled(feed, begunAt))
  for (let said = await queue.next(); said; said = await queue.next()) await upsert(said)
  return begunAt
}

async function upsert({ person, choices }: Said): Promise<void> {
  const address = addressOf(person)
  const body = { email_address: address, status_if_new: NEW_STATUS, merge_fields: fieldsOf(choices) }
  await retried(async () => {
    try {
      await mailchimp.lists.setListMember(AUDIENCE, hashOf(address), body, { skipMergeValidation: true })
      return true
    } catch (error) {
      if (mayPass((error as { status?: number }).status)) return AGAIN
      throw error
    }
  })
}
