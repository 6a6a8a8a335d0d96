import { BACKLOG } from './batch.ts'
import { MOST_CONNECTIONS } from './governor.ts'
import { inFigures } from './limits.ts'

/** What an option has in common with every other; its texts are shown by the API, the documents and the console. */
type Common<Value> = {
  /** Its value when the document leaves it out. */
  readonly default: Value
  readonly says: string
  /** The label of its field in the console, and what helps to fill it in. */
  readonly label: string
  readonly help?: string
  /** Of use only while unknown people become contacts. */
  readonly onlyUpsert?: true
  /** The section of docs/document.md that says more. */
  readonly section?: string
}

type Meaning = { readonly label: string; readonly says?: string }

/** One of several words. */
export type ChoiceOption<Value extends string = string> = Common<Value> & {
  readonly kind: 'choice'
  readonly choices: Readonly<Record<Value, Meaning>>
}

/** One of several words, or a prefix with a key of the author's after it. */
export type KeyedOption<Value extends string = string, Prefix extends string = string> = Common<
  Value | `${Prefix}${string}`
> & {
  readonly kind: 'keyed'
  readonly choices: Readonly<Record<Value, Meaning>>
  readonly prefix: Prefix
  readonly other: Meaning
  readonly key: { readonly label: string; readonly help: string; readonly most: number }
}

/** A whole number within bounds. */
export type CountOption = Common<number> & {
  readonly kind: 'count'
  readonly min: number
  readonly max: number
  /** Whose limit the largest number is. */
  readonly limitOf: string
}

/** A list of ids in one case. */
export type IdsOption = Common<readonly string[]> & {
  readonly kind: 'ids'
  readonly pattern: RegExp
  readonly letters: 'lower' | 'upper'
  /** What one of them is. */
  readonly one: string
  readonly example: readonly string[]
  readonly suggestions: readonly string[]
  /** What an empty list means; without it a list has at least one id. */
  readonly empty?: string
}

/** Yes or no. */
export type FlagOption = Common<boolean> & { readonly kind: 'flag' }

export type Option = ChoiceOption | KeyedOption | CountOption | IdsOption | FlagOption

/** The words are those of `choices`; the default is one of them. */
const choice = <Value extends string>(
  option: Omit<ChoiceOption<Value>, 'kind' | 'default'> & { readonly default: NoInfer<Value> },
): ChoiceOption<Value> => ({ kind: 'choice', ...option })

const keyed = <Value extends string, Prefix extends string>(
  option: Omit<KeyedOption<Value, Prefix>, 'kind' | 'default'> & { readonly default: NoInfer<Value> },
): KeyedOption<Value, Prefix> => ({ kind: 'keyed', ...option })

const count = (option: Omit<CountOption, 'kind'>): CountOption => ({ kind: 'count', ...option })
const ids = (option: Omit<IdsOption, 'kind'>): IdsOption => ({ kind: 'ids', ...option })
const flag = (option: Omit<FlagOption, 'kind'>): FlagOption => ({ kind: 'flag', ...option })

/**
 * Every option of an integration document; one that is left out changes nothing. The one place where an
 * option is added: its schema, remedy, type, form and documents all come from here.
 */
export const OPTIONS = {
  match: keyed({
    default: 'email',
    says: 'What the organization_user_id is: the address, its MD5, or the contact id; or which metadata holds the address.',
    label: 'What the organization_user_id is',
    help: 'How a person at Didomi is found in the audience.',
    section: 'match',
    choices: {
      email: { label: 'The email address' },
      subscriber_hash: { label: 'The MD5 of the address' },
      contact_id: { label: "Mailchimp's contact id" },
    },
    prefix: 'metadata_',
    other: { label: 'Something else; a metadata key holds the address' },
    key: { label: 'Metadata key', help: 'The key of the metadata that holds the address.', most: 100 },
  }),
  regulations: ids({
    default: ['gdpr'],
    says: 'Only choices under these regulations may touch the contacts. A record that names no regulation counts as gdpr.',
    label: 'Regulations',
    help: 'Only choices under these regulations may touch contacts.',
    pattern: /^[a-z0-9_-]{1,40}$/,
    letters: 'lower',
    one: 'regulation id in lower case',
    example: ['gdpr'],
    suggestions: ['gdpr', 'cpra', 'lgpd'],
  }),
  noChoice: choice({
    default: 'keep',
    says: 'What to do with a merge field whose choice was not made.',
    label: 'When a mapped choice was not made',
    choices: {
      keep: { label: 'Leave the merge field alone' },
      clear: { label: 'Clear the merge field' },
    },
  }),
  newContactStatus: choice({
    default: 'transactional',
    says: 'The status of a contact that is created for a person who granted everything in subscribe_when. Any other is created as transactional.',
    label: 'Status of new contacts',
    help: 'Transactional contacts get no marketing until they subscribe.',
    onlyUpsert: true,
    choices: {
      transactional: { label: 'transactional' },
      subscribed: { label: 'subscribed' },
      pending: { label: 'pending' },
      unsubscribed: { label: 'unsubscribed' },
    },
  }),
  subscribeWhen: ids({
    default: [],
    says: 'The merge tags that must all be a yes for a new contact to get new_contact_status. When it is empty or left out, these are all mapped yes or no tags that the person stated anything about.',
    label: 'A new contact gets this status when these merge tags are a yes',
    help: 'Merge tags of the mapping. Empty: all that hold a yes or no and that the person stated anything about.',
    onlyUpsert: true,
    pattern: /^[A-Za-z0-9_]{1,10}$/,
    letters: 'upper',
    one: 'merge tag of the mapping',
    example: ['NEWS'],
    suggestions: [],
    empty: 'all that hold a yes or no',
  }),
  optInConfirmedElsewhere: flag({
    default: false,
    says: 'Whether people confirmed their opt-in elsewhere. Only then may new contacts be subscribed in an audience with double opt-in.',
    label: 'People confirmed their opt-in elsewhere',
    help: 'Needed to create subscribed contacts in an audience with double opt-in, as Mailchimp then asks them for no confirmation.',
    onlyUpsert: true,
  }),
  onUserDeleted: choice({
    default: 'keep',
    says: 'Whether a deleted Didomi user withdraws what it granted.',
    label: 'When a Didomi user is deleted',
    choices: {
      keep: { label: 'Keep its choices' },
      withdraw: { label: 'Withdraw what it granted' },
    },
  }),
  connections: count({
    default: 8,
    says: 'Most requests in flight for this API key (R24). The smallest number of all its integrations counts.',
    label: 'Connections',
    help: `Most requests at one time for this Mailchimp account, which allows ${MOST_CONNECTIONS} in all.`,
    min: 1,
    max: MOST_CONNECTIONS,
    limitOf: "Mailchimp's",
  }),
  bulk: choice({
    default: 'batches',
    says: `How grants may also go while more than ${inFigures(BACKLOG)} debts of the key are due (R28). Withdrawals always go one by one, and first.`,
    label: `When more than ${inFigures(BACKLOG)} deliveries are due`,
    section: 'bulk-and-its-hazard',
    choices: {
      batches: {
        label: "Also send by Mailchimp's batches",
        says: 'Grants that have waited go in the background, beside the others. Withdrawals always go one by one, and first.',
      },
      lists: {
        label: 'Also send 500 contacts a call',
        says: 'Faster, but each call carries the status of every contact in it. A person who unsubscribes in the seconds between the look at it and the call may be subscribed again.',
      },
      off: { label: 'Send one by one', says: 'The slowest, and the least to think about.' },
    },
  }),
} as const

export type OptionName = keyof typeof OPTIONS

/** The value of an option, which may still be unfit while it is being written. */
export type OptionValue = string | number | boolean | readonly string[]

/** The options of an integration. */
export type Options = { readonly [Name in OptionName]: (typeof OPTIONS)[Name]['default'] }

// `Object.keys` knows no more of its result than that it is text.
export const OPTION_NAMES = Object.keys(OPTIONS).filter((name): name is OptionName => Object.hasOwn(OPTIONS, name))

const isComplete = (options: object): options is Options => OPTION_NAMES.every(name => Object.hasOwn(options, name))

/** All options, each with the value that `valueOf` gives for it. */
export function optionsBy(valueOf: (name: OptionName) => unknown): Options {
  const options = Object.fromEntries(OPTION_NAMES.map(name => [name, valueOf(name)]))
  if (!isComplete(options)) throw new Error('an option has no value')
  return options
}

/** The options of a document that names none. */
export const DEFAULT_OPTIONS: Options = optionsBy(name => OPTIONS[name].default)

/** A value in words, for people who look a document over. */
export function inWords(option: Option, value: OptionValue): string {
  if (typeof value === 'object') return value.join(', ') || (option.kind === 'ids' && option.empty) || ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (option.kind !== 'choice' && option.kind !== 'keyed') return String(value)
  const meaning = Object.hasOwn(option.choices, value) ? option.choices[String(value)] : undefined
  return meaning?.label ?? String(value)
}
