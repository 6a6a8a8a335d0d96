import { timestamp } from './member-view.ts'
import { type Problem, complianceState } from './problems.ts'
import type { LiveStatus, Member } from './state.ts'

type StatusWrite = Readonly<{ status: LiveStatus; now: number; ip: string }>

/** The member with the status a write asked for, or Mailchimp's refusal. */
export function withStatus(member: Member, { status, now, ip }: StatusWrite): Member | Problem {
  if (status === member.status) return member
  if (status === 'subscribed' && member.inCompliance) return complianceState(member.emailAddress)
  const optedInAgain = member.status === 'archived' && status === 'subscribed'
  return {
    ...member,
    status,
    statusBeforeArchive: status,
    unsubscribeReason: status === 'unsubscribed' ? 'N/A (Unsubscribed by admin)' : undefined,
    inCompliance: member.inCompliance || status === 'cleaned',
    ...(optedInAgain || (status === 'subscribed' && member.timestampOpt === '')
      ? { ipOpt: ip, timestampOpt: timestamp(now) }
      : {}),
  }
}

/** `cleaned` and `pending` cannot be archived; nor can what is archived already (recorded). */
export function canArchive({ status }: Member): boolean {
  return status === 'subscribed' || status === 'unsubscribed' || status === 'transactional'
}

export function archived(member: Member): Member {
  if (member.status === 'archived') return member
  return { ...member, status: 'archived', statusBeforeArchive: member.status }
}

/** What a person, or Mailchimp itself, does to a contact; none of it can be done through the API. */
export const ACTIONS = {
  unsubscribe: member => left(member, 'N/A (Unsubscribed by contact)'),
  complain: member => left(member, 'N/A (Abuse complaint)'),
  clean: member => ({ ...member, status: 'cleaned', statusBeforeArchive: 'cleaned', inCompliance: true }),
  review: member => ({ ...member, inCompliance: true }),
  /** Mailchimp has sent a mail that asks to confirm. */
  ask: member => ({ ...member, status: 'pending', statusBeforeArchive: 'pending', unsubscribeReason: undefined }),
  confirm: member => joined(member),
  resubscribe: member => joined(member),
  archive: archived,
} as const satisfies Record<string, (member: Member) => Member>

export type Action = keyof typeof ACTIONS

function left(member: Member, unsubscribeReason: string): Member {
  return {
    ...member,
    status: 'unsubscribed',
    statusBeforeArchive: 'unsubscribed',
    inCompliance: true,
    unsubscribeReason,
  }
}

function joined(member: Member): Member {
  return {
    ...member,
    status: 'subscribed',
    statusBeforeArchive: 'subscribed',
    inCompliance: false,
    unsubscribeReason: undefined,
  }
}
