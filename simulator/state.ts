import type { Batch } from './batch.ts'
import type { Clock } from './clock.ts'
import type { ArchiveRefusal } from './problems.ts'
import { type Random, randomHex } from './random.ts'
import { type Timers, createTimers } from './timers.ts'

/** Statuses a contact can be given; `archived` is only reached by DELETE. */
export type LiveStatus = 'subscribed' | 'unsubscribed' | 'cleaned' | 'pending' | 'transactional'
type Status = LiveStatus | 'archived'

export type Address = Readonly<Record<string, string>>
export type MergeValue = string | number | Address

export type Tag = Readonly<{ id: number; name: string; added: number }>

/** One contact of one audience. Never changed in place: a write stores a new one. */
export type Member = Readonly<{
  id: string
  emailAddress: string
  contactId: string
  uniqueEmailId: string
  webId: number
  emailType: string
  status: Status
  /** Not readable from outside, but the refusal of a colliding address change names it (recorded). */
  statusBeforeArchive: LiveStatus
  /** Left by the person's own hand, bounced or under review: only `pending` leads back. */
  inCompliance: boolean
  unsubscribeReason: string | undefined
  mergeValues: Readonly<Record<string, MergeValue>>
  marketingPermissions: Readonly<Record<string, boolean>>
  ipSignup: string
  timestampSignup: string
  ipOpt: string
  timestampOpt: string
  lastChanged: number
  language: string
  vip: boolean
  latitude: number
  longitude: number
  tags: readonly Tag[]
}>

export type MergeFieldType =
  'text' | 'number' | 'address' | 'phone' | 'date' | 'url' | 'imageurl' | 'radio' | 'dropdown' | 'birthday' | 'zip'

export type MergeField = Readonly<{
  mergeId: number
  tag: string
  name: string
  type: MergeFieldType
  required: boolean
  defaultValue: string
  public: boolean
  displayOrder: number
  helpText: string
  options: Readonly<{
    size?: number
    date_format?: string
    phone_format?: string
    default_country?: number
    choices?: readonly string[]
  }>
}>

type MarketingPermission = Readonly<{ id: string; text: string }>

/** The one thing that changes: an audience's maps. Members are kept by id, which is the MD5 of their address. */
export type Audience = {
  readonly id: string
  readonly webId: number
  readonly account: string | undefined
  readonly createdAt: number
  name: string
  doubleOptIn: boolean
  marketingPermissions: readonly MarketingPermission[]
  /** In display order, the order of `merge_fields` in a member. */
  mergeFields: readonly MergeField[]
  lastMergeId: number
  readonly members: Map<string, Member>
  readonly idsByContactId: Map<string, string>
  /** Permanently deleted addresses, by id: Mailchimp never takes them back by API. */
  readonly forgotten: Set<string>
  /** Addresses under the signup throttle, by id. */
  readonly throttled: Set<string>
  readonly tagIds: Map<string, number>
}

/** Where Mailchimp's real behaviour is unverified, both readings can be had. */
export type Behaviour = Readonly<{
  /** `POST /lists/{id}` on a contact in compliance state: an error entry, or silently left as it is. */
  manyCompliance: 'error' | 'ignored'
  /** `status_if_new` in a member of `POST /lists/{id}`. */
  manyStatusIfNew: 'honoured' | 'ignored'
  /** Whether `status_if_new` of a PUT brings an archived contact back. */
  archivedCountsAsNew: boolean
  /** A query string inside the `path` of a batch operation. */
  batchPathQuery: 'honoured' | 'ignored'
  /** Whether batches get on, or stay where they are (the real queue was reported to stand for hours). */
  batchQueue: 'moves' | 'stands'
  /** `null` as a merge value. */
  nullMergeValue: 'leaves' | 'refused'
  /** Whether a merge tag in another case than the audience's is unknown, or the same tag. */
  mergeTagCase: 'exact' | 'any'
  /** A change of address, by API, of a contact that is not subscribed. */
  renameUnsubscribed: 'taken' | 'refused'
  /** The words of the refusal to archive: those recorded in November 2021, or those of April. */
  archiveRefusal: ArchiveRefusal
  /** Whether example.com, .net and .org are taken for real addresses. */
  allowExampleAddresses: boolean
}>

/** The switches as they are without any other word. */
export const BEHAVIOUR: Behaviour = {
  manyCompliance: 'error',
  manyStatusIfNew: 'ignored',
  archivedCountsAsNew: false,
  batchPathQuery: 'honoured',
  batchQueue: 'moves',
  nullMergeValue: 'leaves',
  mergeTagCase: 'exact',
  renameUnsubscribed: 'taken',
  archiveRefusal: 'explained',
  allowExampleAddresses: false,
}

export type KeyState = 'active' | 'disabled' | 'deactivated' | 'api_disabled' | 'unpaid'

export type Key = Readonly<{ secret: string; dataCentre: string; account: string; role: string; state: KeyState }>

export type State = {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly audiences: Map<string, Audience>
  readonly keys: Map<string, Key>
  /** In order of submission. */
  readonly batches: Map<string, Batch>
  behaviour: Behaviour
  nextWebId: number
  /** Told of every batch that is handed in. */
  onBatch: (batch: Batch) => void
}

export function createState(clock: Clock, random: Random, behaviour: Behaviour): State {
  return {
    clock,
    random,
    behaviour,
    timers: createTimers(clock),
    audiences: new Map(),
    keys: new Map(),
    batches: new Map(),
    nextWebId: 387_991_001,
    onBatch: () => undefined,
  }
}

/** Mailchimp's web ids grow in steps of four (recorded). */
export function takeWebId(state: State): number {
  state.nextWebId += 4
  return state.nextWebId
}

export function newAudience(state: State, id: string, account: string | undefined): Audience {
  return {
    id,
    account,
    webId: takeWebId(state),
    createdAt: state.clock.now(),
    name: `Audience ${id}`,
    doubleOptIn: false,
    marketingPermissions: [],
    mergeFields: DEFAULT_MERGE_FIELDS,
    lastMergeId: DEFAULT_MERGE_FIELDS.length,
    members: new Map(),
    idsByContactId: new Map(),
    forgotten: new Set(),
    throttled: new Set(),
    tagIds: new Map(),
  }
}

export function newAudienceId(state: State): string {
  return randomHex(state.random, 10)
}

const PLAIN = { required: false, defaultValue: '', helpText: '' }

const DEFAULT_MERGE_FIELDS: readonly MergeField[] = [
  {
    ...PLAIN,
    mergeId: 1,
    tag: 'FNAME',
    name: 'First Name',
    type: 'text',
    public: true,
    displayOrder: 2,
    options: { size: 25 },
  },
  {
    ...PLAIN,
    mergeId: 2,
    tag: 'LNAME',
    name: 'Last Name',
    type: 'text',
    public: true,
    displayOrder: 3,
    options: { size: 25 },
  },
  {
    ...PLAIN,
    mergeId: 3,
    tag: 'ADDRESS',
    name: 'Address',
    type: 'address',
    public: false,
    displayOrder: 4,
    options: { default_country: 164 },
  },
  {
    ...PLAIN,
    mergeId: 4,
    tag: 'PHONE',
    name: 'Phone Number',
    type: 'phone',
    public: false,
    displayOrder: 5,
    options: { phone_format: 'none' },
  },
]
