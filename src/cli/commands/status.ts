import type { Failure as OpenFailure } from '../../contract/failures.ts'
import type { Overview } from '../../contract/overview.ts'
import type { Stats } from '../../contract/stats.ts'
import { API_FLAGS, connect, type Api } from '../api.ts'
import { leaf } from '../command.ts'
import { EXIT } from '../exit.ts'
import { legibleLine } from '../legible.ts'
import { formatOf, JSON_FLAG, printJson, titleStyle } from '../output.ts'
import { tableOf, type Column, type Style } from '../table.ts'

/** `status`: what an operator wants at a glance. */
export const command = leaf({
  examples: [
    ['consent-relay status', 'with the token in CONSENT_RELAY_TOKEN'],
    ['consent-relay status --url https://relay.example.com --token-file ~/.relay-token', 'of a service elsewhere'],
    ["consent-relay status --json | jq '.deliveries.held'", 'one figure, for a script'],
  ],
  flags: { ...API_FLAGS, ...JSON_FLAG },
  run: async ({ flags }, io) => {
    const status = await readStatus(await connect(flags, io))
    if (formatOf(flags, io.out) === 'json') printJson(io, status)
    else io.out.write(inWords(status, titleStyle(io)))
    return EXIT.done
  },
})

type Status = {
  readonly url: string
  readonly version: string
  readonly ready: boolean
  readonly inbox: Stats['inbox']
  readonly deliveries: Stats['deliveries']
  readonly ends: Stats['ends']
  readonly oldest_waiting_at: string | null
  readonly oldest_withdrawal_at: string | null
  readonly at: string
  readonly failures: readonly OpenFailure[]
  readonly more_failures: boolean
}

const MOST_FAILURES = '200'

async function readStatus(api: Api): Promise<Status> {
  // Alone, so that a token that is refused is refused once.
  const stats = await api.get<Stats>('/v1/stats')
  const [overview, failures, { info }, ready] = await Promise.all([
    api.get<Overview>('/v1/overview', { hours: '1' }),
    api.get<{ data: OpenFailure[]; next_cursor: string | null }>('/v1/failures', {
      state: 'open',
      limit: MOST_FAILURES,
    }),
    api.get<{ info: { version: string } }>('/openapi.json'),
    api.isReady(),
  ])
  return {
    url: api.url,
    version: info.version,
    ready,
    inbox: stats.inbox,
    deliveries: stats.deliveries,
    ends: stats.ends,
    oldest_waiting_at: overview.oldest_waiting_at,
    oldest_withdrawal_at: overview.oldest_withdrawal_at,
    at: overview.to,
    failures: failures.data,
    more_failures: failures.next_cursor !== null,
  }
}

/** The service's own clock says what it is now: the one of this machine may be another. */
function inWords(status: Status, style: Style): string {
  const { url, version, ready, inbox, deliveries, ends, at } = status
  const health = ready ? 'ready' : 'NOT READY: the store may lose what it is given, so webhooks are answered 503'
  return [
    `Consent Relay ${legibleLine(version)} at ${url}: ${health}\n`,
    `Records received\n${countsOf(inbox, style)}`,
    `Deliveries\n${countsOf(deliveries, style)}`,
    `Ended well\n${countsOf(ends, style)}`,
    `Oldest waiting:    ${ageOf(status.oldest_waiting_at, at)}\nOldest withdrawal: ${ageOf(status.oldest_withdrawal_at, at)}\n`,
    failuresOf(status, style),
  ].join('\n')
}

function countsOf(counts: Readonly<Record<string, number>>, style: Style): string {
  const columns = Object.keys(counts).map((title): Column<typeof counts> => ({ title, of: row => row[title] ?? 0 }))
  return tableOf(columns, [counts], style)
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

function ageOf(since: string | null, now: string): string {
  if (since === null) return 'none'
  const seconds = Math.max(0, Math.round((Date.parse(now) - Date.parse(since)) / 1_000))
  const [unit, size] = UNITS.find(([, each]) => seconds >= 2 * each) ?? ['s', 1]
  return `${Math.floor(seconds / size)} ${unit}, since ${since}`
}

function failuresOf({ failures, more_failures: more }: Status, style: Style): string {
  if (failures.length === 0) return 'No open failures\n'
  const blocks = failures.map(
    ({ integration_id: integration, kind, cause, count, withdrawals, first_at: since, ...told }) =>
      [
        style(legibleLine(`${cause} in ${integration}`)),
        legibleLine(`  ${kind} since ${since}: ${count} deliveries, ${withdrawals} of them withdrawals`),
        ...(told.says === null ? [] : [`  ${legibleLine(told.says)}`]),
        ...(told.next === null ? [] : [`  Next: ${legibleLine(told.next)}`]),
      ].join('\n'),
  )
  const title = `Open failures: ${failures.length}${more ? ' and more' : ''}`
  return `${[title, ...blocks].join('\n')}\n`
}
