import { BLOCK_SCOPE } from '../src/domain/outcome.ts'
import { EXPLANATIONS } from '../src/domain/reason.ts'
import { type DocumentedError, type Meaning } from '../test/documented-error.ts'
import { DOCUMENTED_ERRORS } from '../test/documented-errors.ts'
import { table } from './markdown.ts'

/** What Mailchimp is known to say, and what becomes of a delivery then; `how` makes the page anew. */
export const mailchimpErrorsPage = (how: string): string =>
  `<!-- Made by ${how} from test/documented-errors.ts and src/domain/reason.ts. -->

# What Mailchimp says, and what happens then

Every error that is documented, that was recorded, or that others reported. Each row is tested (\`src/mailchimp/classify.test.ts\`). What counts is the status, then whether there is Mailchimp's own JSON, then the title; of the words, only those of the sign-up throttle. What is not in the table ends and holds nothing: it is tried again, other 5xx as \`server_error\`, Mailchimp's own JSON as \`answer_unknown\`, and anything else as \`answer_unreadable\`.

${table(
  ['Mailchimp says', 'Known', 'Which means', 'What happens next', 'Who must act'],
  DOCUMENTED_ERRORS.map(error => [
    saying(error),
    error.source ?? 'documented',
    `${explanationOf(error.means).says} (\`${reasonOf(error.means)}\`)`,
    nextOf(error),
    whoActs(error.means),
  ]),
)}
`

const saying = ({ status, page, title, detail, errors = [], to }: DocumentedError): string => {
  const words = [detail, ...errors.map(({ field, message }) => (field === '' ? message : `\`${field}\`: ${message}`))]
  const told = page === undefined ? [`_${title}_`, ...words.filter(Boolean).map(text => `“${text}”`)] : [pageOf(page)]
  return `${status} ${told.join(' ')}${to ? ` (to ${to.map(asked => ASKED[asked]).join(' or ')})` : ''}`
}

const pageOf = (page: string): string => {
  const words = page.replace(/<title>.*<\/title>/, '').replaceAll(/<[^>]+>/g, '')
  return words === '' ? 'with no body' : `without JSON: “${words}”`
}

const ASKED = { PUT: 'PUT', PATCH: 'PATCH', other: 'what writes no contact' } as const

const reasonOf = (means: Meaning) => (means.kind === 'skipped' ? means.because : means.cause)
const explanationOf = (means: Meaning) => EXPLANATIONS[reasonOf(means)]

const whoActs = (means: Meaning): string => {
  const { next } = explanationOf(means)
  return next === '' ? 'Nobody.' : next
}

function nextOf({ status, to, means }: DocumentedError): string {
  switch (means.kind) {
    case 'skipped':
      return 'The delivery is skipped. If it is the audience that is missing, everything for it is held.'
    case 'retry':
      return retried(means)
    case 'rejected':
      if (to?.every(asked => asked === 'other'))
        return 'It stays undone, and whoever asked for it is told; no delivery is at stake.'
      return refusedThen(status, means)
    case 'blocked':
      return `Everything ${BLOCK_SCOPE[means.cause] === 'credential' ? 'with this API key' : 'for this audience'} is held, without using up a try, and goes on by itself once Mailchimp agrees: it is asked again after 5 s, then ever later, up to every 15 minutes.`
  }
}

function retried({ cause, throttled, ambiguous }: Meaning & { kind: 'retry' }): string {
  if (cause === 'signup_throttled') return 'Tried again after 5 minutes, 1 day, 2 days and 7 days.'
  const again = throttled
    ? 'Tried again in about 15 s with fewer requests at a time; this uses up no try.'
    : 'Tried again, at once and then ever later: a grant for 6.8 days, a withdrawal without end.'
  return ambiguous ? `${again} Mailchimp may have applied it, so everything is asserted again.` : again
}

function refusedThen(status: number, { cause, fields }: Meaning & { kind: 'rejected' }): string {
  if (cause === 'fields_invalid')
    return fields.length > 0
      ? 'Sent at once without what is named; that value is held until it or the field changes.'
      : 'Sent at once in halves, until the value is found; that is held until it or the field changes.'
  const dead = 'dead: nothing is tried again before the person chooses anew or somebody replays it.'
  if (cause === 'request_refused' && status === 400)
    return `Of several merge fields, each is tried apart; with one alone the delivery is ${dead}`
  return `The delivery is ${dead}`
}
