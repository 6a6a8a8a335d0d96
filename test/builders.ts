import fc from 'fast-check'
import { placeKey, type Answer, type Choice, type Place, type Word } from '../src/domain/choice.ts'
import { NEW_CONTACT, type ContactRecord, type Entry } from '../src/domain/contact-record.ts'
import { type Fields } from '../src/domain/plan.ts'
import { type Attribute, type Blank, type Entity, type Fact, type Statement } from '../src/domain/fact.ts'
import { fold, type ConsentState, type FoldRules } from '../src/domain/fold.ts'
import { whole } from '../src/domain/share.ts'
import { type Hold } from '../src/domain/hold.ts'
import { type Settings } from '../src/domain/integration.ts'
import { DEFAULT_OPTIONS, type Options } from '../src/domain/options.ts'
import { type Audience } from '../src/domain/mapping.ts'
import { type MergeField } from '../src/domain/merge-field.ts'
import { type Beginning } from '../src/domain/new-contact.ts'
import { mergeField as mergeTarget } from '../src/domain/target.ts'

/** A Thursday morning on which all our people make their choices; `minute(5)` is five minutes into it. */
export const MORNING = Date.UTC(2024, 4, 2, 9, 0)
export const minute = (count: number): number => MORNING + count * 60_000

export const purpose = (id: string): Place => ({ kind: 'purpose', purpose: id, legitimateInterest: false })
export const objection = (id: string): Place => ({ kind: 'purpose', purpose: id, legitimateInterest: true })
export const preference = (id: string, of = 'cookies'): Place & { kind: 'preference' } => ({
  kind: 'preference',
  purpose: of,
  preference: id,
})
export const vendor = (id: string): Place => ({ kind: 'vendor', vendor: id, legitimateInterest: false })

type Parent = { readonly purpose?: string; readonly preference?: string }

export const channel = (id: string, of: Parent = {}): Place => ({
  kind: 'channel',
  purpose: of.purpose,
  preference: of.preference,
  channel: id,
})

export const NEWSLETTER = purpose('newsletter')
export const COOKIES = purpose('cookies')
export const TOPICS = preference('topics', 'newsletter')

export const says = (place: Place, answer: Answer): Statement => ({ place, answer })
export const grants = (place: Place): Statement => says(place, true)
export const denies = (place: Place): Statement => says(place, false)

export const attribute = (path: string, value: string): Attribute => ({ path: path.split('.'), value })

type Saying = Partial<Omit<Entity, 'statements'>>

export const entity = (
  statements: readonly Statement[] = [],
  { attributes = [], at, version, blanks = [], lostAttributes = [], hasConsents = true }: Saying = {},
): Entity => ({ version, at, statements, blanks, attributes, lostAttributes, hasConsents })

const COMMON = {
  userId: 'user-1',
  names: 'ada@example.test',
  datedBy: 'stamp',
  createdAt: undefined,
  status: 'confirmed',
  regulation: 'gdpr',
  namesRegulation: true,
  before: undefined,
  cause: undefined,
} as const

export type Telling = Partial<Omit<Fact, 'after' | 'before' | 'family'>> & {
  readonly says?: readonly Statement[]
  readonly before?: Entity | undefined
  readonly attributes?: readonly Attribute[]
  readonly version?: number
  /** Places that it shows without a choice, as null or no longer listed. */
  readonly blank?: readonly Blank[]
  readonly lost?: Entity['lostAttributes']
}

/** What a Didomi event told us; an id of its own unless one is given. */
export function anEvent({ says = [], attributes = [], version, blank = [], lost = [], ...over }: Telling): Fact {
  const at = over.at ?? MORNING
  const times = { at, statedAt: at, receivedAt: at }
  const entityId = over.entityId ?? `event-${at}-${says.map(({ place }) => placeKey(place)).join()}`
  const after = entity(says, { attributes, version, at, blanks: blank, lostAttributes: lost })
  return { ...COMMON, ...times, id: `${entityId}/${at}`, family: 'event', kind: 'created', entityId, ...over, after }
}

/** What a Didomi user's record told us: everything that applied to them at that time. */
export function aUser({ says = [], attributes = [], version, blank = [], lost = [], ...over }: Telling): Fact {
  const at = over.at ?? MORNING
  const times = { at, statedAt: at, receivedAt: at }
  const userId = over.userId ?? 'user-1'
  const after = entity(says, { attributes, version, at, blanks: blank, lostAttributes: lost })
  const base = {
    ...COMMON,
    ...times,
    id: `${userId}/${at}`,
    family: 'user',
    kind: 'updated',
    entityId: userId,
  } as const
  return { ...base, ...over, after }
}

/** Didomi does not say whose event it was that went, nor under which regulation. */
export const eventDeleted = (entityId: string, at = MORNING): Fact =>
  anEvent({
    kind: 'deleted',
    entityId,
    userId: '',
    names: undefined,
    namesRegulation: false,
    at,
    id: `deleted/${entityId}/${at}`,
  })

export const userDeleted = (userId: string, at = MORNING): Fact =>
  aUser({ kind: 'deleted', userId, namesRegulation: false, at, id: `deleted/${userId}/${at}` })

export const EVENTS: FoldRules = { family: 'event', regulations: ['gdpr'], onUserDeleted: 'keep' }
export const USERS: FoldRules = { ...EVENTS, family: 'user' }

/** What all of these facts say of one person. */
export const foldAll = (facts: readonly Fact[], rules: FoldRules): ConsentState => fold(facts.map(whole), rules)

export const word = (place: Place, answer: Answer, at = MORNING): Word => ({ place, answer, at, stated: at })
export const choice = (place: Place, answer: Answer, at = MORNING): Choice => ({ place, answer, at })

/** What a contact begins with whose person granted nothing. */
export const NO_GRANT: Beginning = { subscribes: false, grantedAt: undefined }

export const stateOf = (choices: readonly Choice[], attributes: readonly Attribute[] = []): ConsentState => ({
  choices,
  attributes,
  deletedUsers: [],
})

/** The choice that a state holds for a place. */
export const choiceAt = ({ choices }: ConsentState, place: Place): Choice | undefined =>
  choices.find(each => placeKey(each.place) === placeKey(place))

export const answerAt = (state: ConsentState, place: Place): Answer | undefined => choiceAt(state, place)?.answer

export const optionsOf = (over: Partial<Options> = {}): Options => ({ ...DEFAULT_OPTIONS, ...over })

export const settingsOf = ({
  options = {},
  ...over
}: Partial<Omit<Settings, 'options'>> & { options?: Partial<Options> } = {}): Settings => ({
  name: undefined,
  enabled: true,
  dataCentre: 'us6',
  audienceId: 'a1b2c3d4e5',
  mappings: [{ id: 'NEWSLETTER', value: 'consents_purposes_newsletter_enabled' }],
  upsertMode: false,
  ...over,
  options: optionsOf(options),
})

/** A purpose as a yes or no, and the picked values of a preference as a list. */
export const WITH_TOPICS: Settings['mappings'] = [
  { id: 'NEWSLETTER', value: 'consents_purposes_newsletter_enabled' },
  { id: 'TOPICS', value: 'consents_purposes_newsletter_values_topics_value' },
]

export const mergeField = (tag: string, type = 'text', choices: readonly string[] = []): MergeField => ({
  tag,
  mergeId: undefined,
  name: tag,
  type,
  choices,
  dateFormat: undefined,
  phoneFormat: undefined,
})

export const audienceOf = (...fields: readonly (MergeField | string)[]): Audience => ({
  fields: fields.map(field => (typeof field === 'string' ? mergeField(field) : field)),
})

/** Since the morning, and due for a probe. */
export const aHold = (cause: Hold['cause'], over: Partial<Hold> = {}): Hold => ({
  cause,
  detail: 'as before',
  since: MORNING,
  probeAt: MORNING,
  probes: 0,
  ...over,
})

/** Ids as they are in the wild, and the words that our own paths are made of. */
export const someId: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom('_', '-', 'a', '7', 'jmHmf37H', 'geolocation_data', 'purposes', 'preferences', 'enabled', 'value'),
    { minLength: 1, maxLength: 4 },
  )
  .map(parts => parts.join(''))

export const someAnswer: fc.Arbitrary<Answer> = fc.oneof(
  fc.boolean(),
  fc.uniqueArray(fc.constantFrom('sport', 'culture', 'politics'), { maxLength: 3 }),
)

const somePlace = fc.constantFrom<Place>(NEWSLETTER, COOKIES, TOPICS)
const someStatements = fc.uniqueArray(
  fc.record({ place: somePlace, answer: someAnswer }).map(({ place, answer }) => says(place, answer)),
  { selector: ({ place }) => placeKey(place), maxLength: 3 },
)
const someUserId = fc.constantFrom('user-1', 'user-2', 'user-3')
const someStatus = fc.constantFrom<Fact['status']>('confirmed', 'confirmed', 'confirmed', 'pending_approval')
const someRegulation = fc.constantFrom('gdpr', 'gdpr', 'gdpr', 'cpra')
/** Few whole minutes, so that equal times are common. */
const someTime = fc.integer({ min: 0, max: 9 }).map(minute)

/** One Didomi user makes an event, so an event's id says whose it is. */
const someEvent: fc.Arbitrary<Fact> = fc
  .record({
    userId: someUserId,
    number: fc.integer({ min: 1, max: 4 }),
    at: someTime,
    kind: fc.constantFrom<Fact['kind']>('created', 'created', 'updated'),
    status: someStatus,
    regulation: someRegulation,
    says: someStatements,
  })
  .map(({ number, ...rest }) => anEvent({ ...rest, entityId: `${rest.userId}-event-${number}` }))

const someEventDeletion = fc
  .tuple(someUserId, fc.integer({ min: 1, max: 4 }), someTime)
  .map(([userId, number, at]) => eventDeleted(`${userId}-event-${number}`, at))

const someUserDeletion = fc.tuple(someUserId, someTime).map(([userId, at]) => userDeleted(userId, at))

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined })
const someVersion = maybe(fc.integer({ min: 1, max: 6 }))

const someUser: fc.Arbitrary<Fact> = fc
  .record({
    userId: someUserId,
    at: someTime,
    createdAt: maybe(someTime),
    kind: fc.constantFrom<Fact['kind']>('created', 'updated', 'updated'),
    status: someStatus,
    regulation: someRegulation,
    says: someStatements,
    version: someVersion,
    before: maybe(
      fc
        .record({ statements: someStatements, version: someVersion, at: maybe(someTime) })
        .map(({ statements, version, at }) => entity(statements, { version, at })),
    ),
    cause: maybe(
      fc.record({ id: fc.integer({ min: 1, max: 4 }).map(number => `user-1-event-${number}`), at: maybe(someTime) }),
    ),
  })
  .map(({ version, before, ...rest }) =>
    aUser({ ...rest, ...(version === undefined ? {} : { version }), ...(before === undefined ? {} : { before }) }),
  )

const history = (...kinds: fc.Arbitrary<Fact>[]): fc.Arbitrary<Fact[]> =>
  fc
    .array(fc.oneof(...kinds), { maxLength: 12 })
    .map(facts => facts.map((fact, index) => ({ ...fact, id: `fact-${index}` })))

/** What can be told of one person, of both families: pendings, deletions, several Didomi users, equal stamps. */
export const someHistory = history(someEvent, someEvent, someUser, someUser, someEventDeletion, someUserDeletion)
export const someEventHistory = history(someEvent, someEvent, someEvent, someEventDeletion)

export const someRules: fc.Arbitrary<FoldRules> = fc.record({
  family: fc.constantFrom('event', 'user'),
  regulations: fc.constantFrom(['gdpr'], ['gdpr', 'cpra'], ['cpra']),
  onUserDeleted: fc.constantFrom('keep', 'withdraw'),
})

type Writing = Partial<Omit<ContactRecord, 'entries'>> &
  Partial<Pick<Entry, 'fact' | 'integrationId' | 'person' | 'revision'>>

/** What is known of a contact to which these fields were written, by default with all that will ever be known. */
export const recordOf = (
  fields: Fields,
  { fact = '~', integrationId = 'int_a', person = 'ada@example.test', revision = 1, ...over }: Writing = {},
): ContactRecord => ({
  ...NEW_CONTACT,
  wroteAt: MORNING,
  ...over,
  entries: Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, { value, fact, integrationId, person, revision }]),
  ),
})

/** Values by merge tag, as the plan knows them: by the key of their target. */
export const merging = <Value>(byTag: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(byTag).map(([tag, value]) => [mergeTarget(tag), value]))
