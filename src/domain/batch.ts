import { DAY, HOUR, MINUTE, SECOND } from './instant.ts'

/** R28: with more due debts than this under one credential, updates also go to Mailchimp as batches. */
export const BACKLOG = 2_000
/** Large enough to be worth its polls, small enough to be read in a moment; Mailchimp names no limit. */
export const MOST_OPERATIONS = 5_000
/** Mailchimp runs one batch of an account after the other: a second one keeps it busy, a third would only wait. */
const MOST_OPEN = 2
/** A live event goes by itself; one that has waited for so long is part of a backlog. */
export const LIVE_FOR = MINUTE
/** From then on what is in a batch is no longer waited for, and the batch is cancelled. */
export const DEADLINE = 2 * HOUR
/** Mailchimp keeps batches and their results for seven days; afterwards nothing of one can happen any more. */
export const LIFETIME = 7 * DAY
/** A batch that Mailchimp may have taken, under an id that it did not tell: as old as one was ever seen to become. */
export const LOST_LIFETIME = DAY
/** Debts decided per transaction: few enough not to block the single lane. */
export const CHUNK = 250
/** How often a backlog is looked for. */
export const COUNT_INTERVAL = 5 * SECOND
/** After a batch was refused. */
export const REFUSED_PAUSE = 5 * MINUTE

type Waiting = { readonly due: number; readonly open: number }

export const isBacklog = ({ due, open }: Waiting, above: number): boolean => due > above && open < MOST_OPEN

/** How long to wait before the next look at a batch of this age, in ms: each wait doubles its age, up to a minute. */
export const waitBeforeLook = (ageMs: number): number => Math.min(Math.max(ageMs, 5 * SECOND), MINUTE)

/**
 * A call for many contacts says the status of each again, so a person who leaves between the reading and the call is put
 * back by it: a status that was read longer ago is not sent.
 */
export const STATUS_TRUSTED_FOR = 2 * SECOND
/** So long after the oldest of them was asked for, those that are in hand are sent before others are read. */
export const SEND_AFTER = SECOND
