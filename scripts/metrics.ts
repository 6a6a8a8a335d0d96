import { createMetrics } from '../src/metrics/metrics.ts'
import { table } from './markdown.ts'

const LABELS = [
  ['`integration`, `source`', 'our own id, as in the API'],
  ['`credential`', 'our own id of a Mailchimp API key; it tells nothing of the key'],
  ['`kind`', '`folded`, `evidence`, `ignored`, `anonymous`, `duplicate`, `quarantined`, `erased`'],
  ['`status` of a debt', '`waiting`, `sending`, `held`, `dead`, as in the API'],
  ['`priority`', '`withdrawal`, `live`, `backfill`'],
  ['`outcome`', '`delivered`, `skipped`, `retry`, `rejected`, `blocked`'],
  ['`end`', '`delivered`, `skipped`, `held`, `dead`'],
  ['`reason`, `cause`', 'a [reason](problems.md#reasons), or nothing; a debt is also held by `paused` and `disabled`'],
  [
    '`answer`',
    '`2xx`, `3xx`, `4xx`, `429`, `5xx`, `timed_out`, `connection_failed`, `answer_unreadable`, `certificate_untrusted`',
  ],
]

/** Every metric of ours, from the registry that `/metrics` shows. */
export function metricsPage(how: string): string {
  const own = createMetrics({ version: '' })
    .describe()
    .filter(({ name }) => name.startsWith('consent_relay_'))
    .map(({ name, type, labels, meaning }) => [
      `\`${name}\``,
      type,
      labels.map(label => `\`${label}\``).join(', '),
      meaning,
    ])
  return `<!-- Made by ${how} from src/metrics. -->

# Metrics

What \`GET /metrics\` shows, in the text format of Prometheus. Names and labels are stable. Counters begin at nought when the service starts. [operations.md](operations.md#metrics-and-alerts) says how to read them; a dashboard and alert rules are in [grafana](grafana).

${table(['Name', 'Type', 'Labels', 'Meaning'], own)}

Beside these there are the metrics of the process itself, \`nodejs_*\` and \`process_*\`, as prom-client makes them for every Node service.

## Labels

No label names a person. How many series there are depends on the number of sources, integrations and API keys, and never on the number of people.

${table(['Label', 'Values'], LABELS)}
`
}
