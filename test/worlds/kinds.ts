/** What may happen in a world, by the name that `--kinds` takes. */
const KINDS = {
  /** Didomi: how people and their devices behave, and what its records look like. */
  again: 'people who repeat a choice: every statement reaches Mailchimp (R21)',
  late: 'records that arrive late and out of order',
  repeats: 'records that arrive twice',
  devices: 'people with several devices',
  users: 'the feed of user records',
  families: 'all six types at once',
  reuse: 'device ids that are used again after a deletion',
  moves: 'users that move to another organization_user_id',
  guests: 'events without an id, and people who sign in later',
  doubt: 'events that write an id while the user is linked to another',
  shared: 'a device of many people',
  regulations: 'a second regulation',
  pending: 'approvals that come later, or never',
  deletions: 'deleted events',
  nulls: 'choices that are taken back to null',
  partial: 'records that hold a part, or no consents at all',
  clocks: 'devices whose clock is wrong, up to more than a day ahead',
  zones: 'times in every zone and spelling',
  untimed: 'records without a time that can be used',
  unreadable: 'a value that cannot be read beside others that can',
  dress: 'bodies of other types and encodings, and other spellings of the address',
  values: 'lists of picked values',
  whole: 'preferences refused as a whole',
  channels: 'the nested shape, with channels',
  organisations: 'two Didomi organisations',
  metadata: 'the address in the metadata, which changes',
  spellings: 'an address in several spellings',
  flattened: 'flattened bodies, and several records in one call',
  clear: 'fields that are cleared where no choice was made',
  withdraw: 'deleted users that withdraw what they granted',
  /** Mailchimp, which has a life of its own. */
  upsert: 'contacts that are made for who is unknown',
  edits: 'imports and hand edits',
  contacts: 'contacts removed, archived, forgotten, unsubscribed and added again',
  renames: 'contacts whose address changes',
  fields: 'merge fields made anew',
  poison: 'contacts that always fail',
  answers: 'every status from 200 to 599, with JSON and without',
  delays: 'requests cut off, stalled, or applied late',
  windows: 'a grant applied late, after the denial that followed it, and what the operator does meanwhile',
  /** The operator. */
  pauses: 'pause and resume',
  disables: 'disable and enable',
  mappings: 'a changed mapping',
  audiences: 'a changed audience',
  clashes: 'a second integration that asks for a tag that is filled',
  feeds: 'a changed feed',
  keys: 'a key that is refused for a while',
  removals: 'a removed integration',
  replays: 'replay and resync',
  restarts: 'the service stops and starts',
  /** The machine that the service runs on. */
  crashes: 'the process ends between two statements, before a commit, or after one of which nobody was told',
  commits: 'statements and commits that fail, or that were done although they failed',
  freezes: 'the process stands still for seconds, or for minutes',
  steps: 'the wall clock is set, forward and back, by minutes or hours',
} as const

export type Kind = keyof typeof KINDS

export const ALL_KINDS: readonly Kind[] = Object.keys(KINDS).filter((name): name is Kind => name in KINDS)

/** The kinds that `text` names; without a text, all of them. Throws at one there is not. */
export function kindsIn(text: string | undefined): readonly Kind[] {
  if (text === undefined) return ALL_KINDS
  const names = text.split(',').filter(name => name !== 'none')
  const unknown = names.filter(name => !ALL_KINDS.some(kind => kind === name))
  if (unknown.length > 0) throw new Error(`there is no kind ${unknown.join(', ')}; there are ${ALL_KINDS.join(', ')}`)
  return ALL_KINDS.filter(kind => names.includes(kind))
}
