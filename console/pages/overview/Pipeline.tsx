import type { ReactNode } from 'react'
import { ENDS } from '../../../src/domain/end.ts'
import type { OverviewFigures } from '../../api/overview.ts'
import { countUnwritten, UNWRITTEN } from '../../parts/ends.ts'
import { given } from '../../search-params.ts'
import { Panel } from '../../ui/Panel.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { count } from '../../ui/time.ts'
import { sumOf } from './Figures.tsx'
import styles from './Pipeline.module.css'

type Props = { readonly figures: OverviewFigures; readonly integration: string | undefined }

/** From what was received to what became of it; each stage leads to its list. */
export function Pipeline({ figures, integration }: Props) {
  const { received, delivered, skipped, failed, backlog } = figures
  const most = Math.max(received, 1)
  const to = { to: '/activity' } as const
  return (
    <Panel title="From Didomi to Mailchimp">
      <Stage name={<TextLink {...to}>Received</TextLink>} value={received} most={most} tone="calm" />
      <Stage
        name={
          <TextLink {...to} search={given({ view: 'deliveries' as const, status: 'delivered' as const, integration })}>
            Delivered
          </TextLink>
        }
        value={delivered}
        most={most}
        tone="good"
      />
      {ENDS.map(end => (
        <Stage
          key={end}
          name={
            <TextLink {...to} search={given({ view: 'deliveries' as const, end, integration })}>
              {UNWRITTEN[end]}
            </TextLink>
          }
          value={countUnwritten(skipped, end)}
          most={most}
          tone="calm"
        />
      ))}
      <Stage
        name={
          <TextLink {...to} search={given({ view: 'deliveries' as const, status: 'waiting' as const, integration })}>
            Waiting
          </TextLink>
        }
        value={backlog.waiting + backlog.sending}
        most={most}
        tone="busy"
      />
      <Stage
        name={
          <TextLink to="/failures" search={given({ integration })}>
            Failed
          </TextLink>
        }
        value={sumOf(failed)}
        most={most}
        tone="bad"
      />
    </Panel>
  )
}

type StageProps = {
  readonly name: ReactNode
  readonly value: number
  readonly most: number
  readonly tone: 'good' | 'bad' | 'calm' | 'busy'
}

function Stage({ name, value, most, tone }: StageProps) {
  return (
    <div className={styles.stage}>
      <span>{name}</span>
      <span className={styles.track} aria-hidden>
        <span className={styles.bar} data-tone={tone} style={{ width: `${Math.min(100, (100 * value) / most)}%` }} />
      </span>
      <span className={`number ${styles.count}`}>{count(value)}</span>
    </div>
  )
}
