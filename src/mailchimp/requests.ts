import { type Request } from '../domain/plan.ts'
import { contactKey } from './address.ts'
import { type ApiRequest } from './client.ts'
import { bodyOf } from './targets.ts'

/**
 * R18, R19: the request of a plan. `skip_merge_validation` because a required merge field that we do not map must
 * not stop a consent from being written (mailchimp-for-wordpress and Mailchimp's own plugin do the same).
 */
export function requestFor(plan: Request, audienceId: string): ApiRequest {
  const path = `/lists/${encodeURIComponent(audienceId)}/members/${contactKey(plan.contact)}?skip_merge_validation=true`
  if (plan.do === 'update') return { method: 'PATCH', path, body: bodyOf(plan.fields) }
  return {
    method: 'PUT',
    path,
    body: {
      email_address: plan.contact.address,
      status_if_new: plan.statusIfNew,
      ...signUpOf(plan),
      ...bodyOf(plan.fields),
    },
  }
}

/** R20: the evidence that a new contact carries, in the form in which Mailchimp answers it. */
export const signUpOf = ({ signedUpAt }: Request & { readonly do: 'upsert' }) =>
  signedUpAt === undefined ? {} : { timestamp_signup: new Date(signedUpAt).toISOString().replace(/\.\d+Z$/, '+00:00') }
