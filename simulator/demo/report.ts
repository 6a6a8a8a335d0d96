import { type End, type Person } from './people.ts'

export type Delivery = {
  readonly integration_id: string
  readonly person: string
  readonly status: string
  readonly end: string | null
  readonly says: string | null
}

export type Contact = { readonly status: string; readonly merge_fields: Readonly<Record<string, string>> }

/** One line of the table: a person in one audience. */
export type Line = {
  readonly person: Person
  readonly audience: string
  readonly chosen: string
  readonly before: Contact | undefined
  readonly after: Contact | undefined
  readonly delivery: Delivery | undefined
  readonly expected: End | undefined
}

const FIELDS = ['NEWSLETTER', 'OFFERS', 'TOPICS']

const held = (contact: Contact | undefined): string => {
  if (!contact) return 'no contact'
  const filled = FIELDS.flatMap(tag => {
    const value = contact.merge_fields[tag]
    return value ? [`${tag}=${value}`] : []
  })
  return [contact.status, ...filled].join(' ')
}

/** How a debt ended well, else its status. */
const endOf = ({ delivery }: Line): string | undefined => delivery && (delivery.end ?? delivery.status)

const why = (line: Line): string => {
  const { delivery } = line
  if (!delivery) return 'owes nothing'
  if (delivery.says === null) return delivery.status
  return `${endOf(line)?.replaceAll('_', ' ')}: ${delivery.says}`
}

/** What is not as it must be, in words; undefined when the line is right. */
export function mistakeIn(line: Line): string | undefined {
  const { expected, after, person, audience } = line
  const name = `${person.id} in ${audience}`
  if (expected?.end !== endOf(line)) return `${name}: the debt ended ${endOf(line)}, not ${expected?.end}`
  if (!expected?.holds) return after && !line.before ? `${name}: a contact was created` : undefined
  for (const [tag, value] of Object.entries(expected.holds)) {
    const is = after?.merge_fields[tag]
    if (is !== value) return `${name}: ${tag} holds ${JSON.stringify(is)}, not ${JSON.stringify(value)}`
  }
  if (line.before && after && line.before.status !== after.status)
    return `${name}: the status changed from ${line.before.status} to ${after.status}`
  return undefined
}

const COLUMNS = ['', 'audience', 'Mailchimp before', 'Mailchimp after', 'outcome']

/** The table that the demo prints: each person with what they chose, then a row for each audience. */
export function tableOf(lines: readonly Line[]): string {
  const rows = lines.map(line => ['', line.audience, held(line.before), held(line.after), why(line)])
  const widths = COLUMNS.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)))
  const draw = (row: readonly string[]): string =>
    row
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd()
  const body = lines.flatMap((line, n) => {
    const first = lines[n - 1]?.person !== line.person
    const head = first ? ['', `${line.person.id}: ${line.person.story}`, `  chosen: ${line.chosen}`] : []
    return [...head, draw(rows[n] ?? [])]
  })
  return [draw(COLUMNS), draw(widths.map((width, n) => (n === 0 ? '' : '─'.repeat(width)))), ...body].join('\n')
}
