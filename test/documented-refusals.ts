import {
  rejected,
  retry,
  TRIGGER,
  recorded,
  reported,
  WRITES,
  PUT,
  PATCH,
  OTHER,
  BAD_REQUEST,
  type DocumentedError,
} from './documented-error.ts'

const INVALID = { status: 400, title: 'Invalid Resource' } as const
const RULES = { ...INVALID, detail: 'Your merge fields were invalid.' } as const
const SCHEMA = {
  ...INVALID,
  detail: "The resource submitted could not be validated. For field-specific details, see the 'errors' array.",
} as const
const ANY_OF = 'Data did not match any of the schemas described in anyOf.'
export const ADDRESSES: readonly DocumentedError[] = [
  {
    ...INVALID,
    detail: 'Please provide a valid email address.',
    to: PUT,
    source: recorded(293),
    means: rejected('address_refused'),
  },
  {
    ...INVALID,
    detail: '{e} looks fake or invalid, please enter a real email address.',
    to: PUT,
    source: recorded(295),
    means: rejected('address_refused'),
  },
  {
    ...SCHEMA,
    errors: [
      { field: '', message: 'Required fields were not provided: email_address' },
      { field: 'email_address', message: 'Schema describes string, NULL found instead' },
    ],
    to: PUT,
    source: reported('drewm/mailchimp-api#179'),
    means: rejected('address_refused'),
  },
  {
    ...SCHEMA,
    errors: [{ field: 'email address', message: '"{e}" is already in this list with a status of "subscribed".' }],
    to: PUT,
    source: recorded(235),
    means: rejected('address_conflict'),
  },
  {
    status: 400,
    type: 'none',
    title: 'Member Exists',
    detail: '{e} is already a list member. Use PUT to insert or update list members.',
    source: recorded(278, 288),
    means: rejected('address_conflict'),
  },
  {
    status: 400,
    type: 'none',
    title: 'Member In Compliance State',
    detail: '{e} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.',
    source: reported('ibericode/mailchimp-for-wordpress#798'),
    means: rejected('compliance_state'),
  },
  {
    status: 400,
    title: 'Forgotten Email Not Subscribed',
    detail:
      '{e} was permanently deleted and cannot be re-imported. The contact must re-subscribe to get back on the list.',
    source: reported('several integrations'),
    means: rejected('forgotten'),
  },
  {
    ...INVALID,
    detail: "{e} has signed up to a lot of lists very recently; we're not allowing more signups for now",
    source: reported('stackoverflow.com/questions/41160763'),
    means: retry('signup_throttled'),
  },
]

export const FIELDS: readonly DocumentedError[] = [
  {
    ...RULES,
    errors: [{ field: 'NEWS', message: 'Please enter a value' }],
    to: WRITES,
    means: rejected('fields_invalid', ['NEWS']),
  },
  {
    ...RULES,
    errors: [{ field: 'LTV', message: 'Please enter a number' }],
    to: WRITES,
    source: recorded(203),
    means: rejected('fields_invalid', ['LTV']),
  },
  {
    ...RULES,
    errors: [{ field: 'ADDRESS', message: 'Please enter a complete address' }],
    to: WRITES,
    source: reported('verbb/formie#2387'),
    means: rejected('fields_invalid', ['ADDRESS']),
  },
  {
    ...SCHEMA,
    errors: [
      { field: 'merge_fields.NEWS', message: ANY_OF },
      { field: 'merge_fields.LTV', message: ANY_OF },
    ],
    to: WRITES,
    source: reported('mailchimp/mc-magento#497'),
    means: rejected('fields_invalid', ['NEWS', 'LTV']),
  },
  {
    ...SCHEMA,
    errors: [{ field: 'merge_fields', message: 'Schema describes object, array found instead' }],
    to: WRITES,
    source: reported('drewm/mailchimp-api#196'),
    means: rejected('fields_invalid'),
  },
  {
    ...SCHEMA,
    errors: [{ field: '', message: 'Required fields were not provided: email_address' }],
    to: WRITES,
    source: reported('mailchimp/APIv3-examples#42'),
    means: rejected('fields_invalid'),
  },
  { ...SCHEMA, errors: [], to: WRITES, source: TRIGGER, means: rejected('fields_invalid') },
  { ...INVALID, detail: '', to: PATCH, source: TRIGGER, means: rejected('fields_invalid') },
]

export const REQUESTS: readonly DocumentedError[] = [
  {
    status: 400,
    title: 'Merge Max Limit Exceeded',
    to: OTHER,
    source: reported('code of a form builder'),
    means: BAD_REQUEST,
  },
  {
    status: 400,
    title: 'Bad Request',
    detail: 'A Merge Field with the tag "X" already exists for this list.',
    to: OTHER,
    source: reported('code of a form builder'),
    means: BAD_REQUEST,
  },
  {
    status: 400,
    title: 'JSON Parse Exception',
    detail: 'We encountered an unspecified JSON parsing error.',
    means: BAD_REQUEST,
  },
  {
    status: 400,
    title: 'Bad Request',
    detail: 'Your request could not be processed.',
    means: BAD_REQUEST,
  },
  {
    status: 400,
    title: 'Invalid Action',
    detail: 'The action requested was not valid for this resource.',
    means: BAD_REQUEST,
  },
  { ...SCHEMA, errors: [], to: OTHER, source: TRIGGER, means: BAD_REQUEST },
  {
    status: 405,
    title: 'Method Not Allowed',
    detail: 'The requested method and resource are not compatible. See the Allow header for this resource.',
    means: BAD_REQUEST,
  },
  {
    status: 405,
    title: 'Method Not Allowed',
    detail: 'This list member cannot be removed.  Please contact support.',
    source: recorded(174, 177, 251, 300, 304),
    means: BAD_REQUEST,
  },
  {
    status: 414,
    title: 'Resource Nesting Too Deep',
    detail: 'The sub-resource requested is nested too deeply.',
    means: BAD_REQUEST,
  },
  {
    status: 422,
    title: 'InvalidMethodOverride',
    detail: 'You can only use the X-HTTP-Method-Override header with the POST method.',
    means: BAD_REQUEST,
  },
  {
    status: 422,
    title: 'Requested Fields Invalid',
    detail: 'The fields requested from this resource are invalid.',
    means: BAD_REQUEST,
  },
  { status: 426, title: 'Upgrade required', means: BAD_REQUEST },
]
