import type { Json } from './json.ts'
import { MERGE_FIELD_TYPES } from './merge-options.ts'
import type { AudienceSeed, ContactSeed, KeySeed, Seed } from './seed.ts'
import {
  address,
  like,
  count,
  demand,
  either,
  flag,
  integer,
  listOf,
  object,
  objectOf,
  oneOf,
  text,
  time,
} from './shapes.ts'

export const LIVE_STATUS = oneOf('subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional')
export const PERMISSIONS = listOf(
  objectOf({ marketing_permission_id: text, enabled: flag }, ['marketing_permission_id', 'enabled']),
)

const KEY = objectOf(
  {
    key: like('a key that ends with its data centre, such as "0123abcd-us6"', /-[a-z]{2,4}\d{1,3}$/),
    account: text,
    role: text,
    state: oneOf('active', 'disabled', 'deactivated', 'api_disabled', 'unpaid'),
  },
  ['key'],
)

const MERGE_FIELD = objectOf(
  {
    tag: like('1 to 10 letters, digits and underscores', /^\w{1,10}$/),
    type: oneOf(...MERGE_FIELD_TYPES),
    name: text,
    required: flag,
    public: flag,
    merge_id: integer,
    display_order: integer,
    options: object,
  },
  ['tag'],
)

const CONTACT = objectOf(
  {
    email_address: address,
    status: oneOf('subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'archived'),
    merge_fields: object,
    tags: listOf(text),
    marketing_permissions: PERMISSIONS,
    in_compliance: flag,
    contact_id: like('32 hexadecimal digits in lower case', /^[0-9a-f]{32}$/),
    timestamp_opt: either(oneOf(''), time),
    last_changed: count,
  },
  ['email_address'],
)

const AUDIENCE = objectOf(
  {
    id: like('an id of letters and digits, such as "a1b2c3"', /^[\w-]+$/),
    name: text,
    account: text,
    double_optin: flag,
    marketing_permissions: either(flag, listOf(either(text, objectOf({ id: text, text }, ['id', 'text'])))),
    merge_fields: listOf(MERGE_FIELD),
    contacts: listOf(CONTACT),
  },
  ['id'],
)

const SEED = objectOf({ keys: listOf(KEY), audiences: listOf(AUDIENCE) })

// What the functions below return was checked part by part; TypeScript cannot follow that.

/** What a state file holds, or an error that names every part of it that is unknown or of the wrong form. */
export function readSeed(value: Json): Seed {
  demand(value, SEED)
  return value as unknown as Seed
}

export function readAudienceSeed(value: Json): AudienceSeed {
  demand(value, AUDIENCE)
  return value as unknown as AudienceSeed
}

export function readContactSeed(value: Json): ContactSeed {
  demand(value, CONTACT)
  return value as unknown as ContactSeed
}

export function readKeySeed(value: Json): KeySeed {
  demand(value, KEY)
  return value as unknown as KeySeed
}
