import { NEW_CONTACT } from '../src/domain/contact-record.ts'
import { type Outcome } from '../src/domain/outcome.ts'
import { contactOf } from '../src/domain/person.ts'
import { type Fields, type Request } from '../src/domain/plan.ts'
import { type Rest } from '../src/domain/resting.ts'
import { type SetAside } from '../src/domain/mapping.ts'
import { type Client, type Reply } from '../src/mailchimp/client.ts'
import { requestFor } from '../src/mailchimp/requests.ts'
import { contactPath, type Assignment } from '../src/pipeline/delivery/assign.ts'
import { type Conclusion } from '../src/pipeline/delivery/conclude.ts'
import { type Ready } from '../src/pipeline/delivery/decide-debt.ts'
import { type Integration } from '../src/store/settings/integrations.ts'
import { audienceOf, minute, MORNING, NO_GRANT, settingsOf, stateOf } from './builders.ts'
import { aContactKey, ADA, AS_MADE, CREDENTIAL, SOURCE } from './store-builders.ts'

/** What `addIntegration` made, as it is read while its source folds events. */
export const anIntegration = (over: Partial<Integration> = {}): Integration => ({
  ...AS_MADE,
  sourceId: SOURCE,
  feed: 'event',
  credentialId: CREDENTIAL,
  settings: settingsOf(),
  taken: [],
  paused: false,
  hold: undefined,
  leavesAt: undefined,
  createdAt: MORNING,
  ...over,
})

/** It may deliver now, to an audience with the merge fields of `WITH_TOPICS`. */
export const readyOf = (over: Partial<Integration> = {}): Ready => ({
  integration: anIntegration(over),
  audience: audienceOf('NEWSLETTER', 'TOPICS'),
})

/** No contact is to be left alone now. */
export const IN_PEACE = {
  busy: new Set<string>(),
  avoided: new Set<string>(),
  resting: new Map<string, Rest>(),
  mayHurry: true,
}

export const outcomes = {
  delivered: (accepted: Fields = { NEWSLETTER: 'true' }, dropped: readonly string[] = []) =>
    ({ kind: 'delivered', accepted, dropped }) as const,
  absent: { kind: 'skipped', because: 'no_such_contact' },
  failed: {
    kind: 'retry',
    cause: 'server_error',
    detail: 'Mailchimp answered 500',
    ambiguous: false,
    throttled: false,
    waitMs: undefined,
  },
  unclear: {
    kind: 'retry',
    cause: 'timed_out',
    detail: 'no answer in 30 s',
    ambiguous: true,
    throttled: false,
    waitMs: undefined,
  },
  refused: (fields: readonly string[] = []) =>
    ({ kind: 'rejected', cause: 'fields_invalid', detail: 'Your merge fields were invalid.', fields }) as const,
  badKey: { kind: 'blocked', cause: 'key_invalid', detail: 'API Key Invalid' },
  noAudience: { kind: 'blocked', cause: 'audience_missing', detail: 'The audience does not exist' },
} as const satisfies Record<string, Outcome | ((...given: never[]) => Outcome)>

type Assigned = Partial<Omit<Assignment, 'contact' | 'request' | 'plan' | 'decision'>> & {
  /** What the request carries. */
  readonly fields?: Fields
  readonly lastDelivered?: Fields | undefined
  readonly setAside?: readonly SetAside[]
}

/** A recorded request for Ada, of revision 1, that left in the morning. */
export function assignmentOf({
  fields = { NEWSLETTER: 'true' },
  lastDelivered,
  setAside = [],
  integration = anIntegration(),
  person = ADA,
  ...over
}: Assigned = {}): Assignment {
  const contact = contactOf(person, 'email')
  if (!contact) throw new Error(`${person} is no address`)
  const plan: Request = { do: 'update', contact, fields }
  const desired = {
    fields: { ...lastDelivered, ...fields },
    setAside,
    isStated: true,
    beginning: NO_GRANT,
    lists: [],
  }
  return {
    attemptId: 'att_1',
    integration,
    person,
    revision: 1,
    debt: { failed: 0, firstFailedAt: undefined, carriesWithdrawal: false },
    refused: {},
    isolation: [],
    isOwedMore: false,
    carried: [],
    lastFact: undefined,
    rest: undefined,
    decision: { state: stateOf([]), contact, record: NEW_CONTACT, desired, lastDelivered, plan, retracts: [] },
    plan,
    contact: contactPath(integration, plan, NEW_CONTACT),
    contactKey: aContactKey(person),
    audience: audienceOf('NEWSLETTER', 'TOPICS'),
    request: requestFor(plan, integration.settings.audienceId),
    startedAt: MORNING,
    ...over,
  }
}

export const answer = (status: number, json?: unknown, requestId?: string): Reply => ({
  kind: 'answer',
  status,
  json,
  retryAfter: undefined,
  requestId,
})

/** A request that ended a minute after it left. */
export const conclusionOf = (outcome: Outcome, over: Partial<Conclusion> = {}): Conclusion => ({
  assignment: assignmentOf(),
  reply: answer(outcome.kind === 'delivered' ? 200 : 400),
  outcome,
  sentAt: MORNING,
  finishedAt: minute(1),
  dice: 0.5,
  ...over,
})

/** A Mailchimp that gives these answers, by path without query; each path that it is asked for joins `asked`. */
export const clientSaying = (replyOf: (place: string) => Reply, asked: string[]): Client => ({
  send: ({ path }) => {
    const [place = ''] = path.split('?')
    asked.push(place)
    return Promise.resolve(replyOf(place))
  },
  resize: () => undefined,
  close: () => Promise.resolve(),
})
