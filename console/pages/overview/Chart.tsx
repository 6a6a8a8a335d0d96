import { Group, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { ENDS } from '../../../src/domain/end.ts'
import type { Point } from '../../api/overview.ts'
import { UNWRITTEN } from '../../parts/ends.ts'
import { Scroll } from '../../ui/Scroll.tsx'
import { Status } from '../../ui/Status.tsx'
import { count, localTime } from '../../ui/time.ts'
import styles from './Chart.module.css'

const HEIGHT = 150

/** What became of deliveries over time, as bars; the same as a table below them. */
export function Chart({ points }: { readonly points: readonly Point[] }) {
  const [shown, setShown] = useState<number>()
  const most = Math.max(1, ...points.map(({ delivered, skipped, failed }) => delivered + skipped + failed))
  const width = 100 / Math.max(points.length, 1)
  return (
    <>
      <Readout point={shown === undefined ? undefined : points[shown]} />
      <div className={styles.plot}>
        <span className={`number ${styles.most}`} aria-hidden>
          {count(most)}
        </span>
        <svg
          viewBox={`0 0 100 ${HEIGHT}`}
          preserveAspectRatio="none"
          className={styles.chart}
          role="img"
          aria-label="Delivered, in step already, without a contact and failed over time; the table below has the numbers"
          onMouseLeave={() => setShown(undefined)}
        >
          {points.map((point, index) => (
            <g key={point.at} onMouseEnter={() => setShown(index)} className={styles.slot}>
              <rect x={index * width} width={width} y={0} height={HEIGHT} className={styles.hit} />
              <Bar point={point} x={(index + 0.1) * width} width={width * 0.8} scale={HEIGHT / most} />
            </g>
          ))}
        </svg>
      </div>
      <Axis points={points} />
      <Numbers points={points} />
    </>
  )
}

type BarProps = { readonly point: Point; readonly x: number; readonly width: number; readonly scale: number }

function Bar({ point, x, width, scale }: BarProps) {
  const { delivered, skipped, failed } = point
  const unreached = unreachedIn(point)
  const already = skipped - unreached
  const parts = [
    { kind: styles.delivered, number: delivered },
    { kind: styles.already, number: already },
    { kind: styles.unreached, number: unreached },
    { kind: styles.failed, number: failed },
  ]
  return parts.map(({ kind, number }, index) => {
    const below = parts.slice(0, index + 1).reduce((sum, each) => sum + each.number, 0)
    return <rect key={index} className={kind} x={x} width={width} y={HEIGHT - below * scale} height={number * scale} />
  })
}

/** Debts that ended because there is no contact to write to. */
const unreachedIn = ({ skipped_as: { not_in_audience, unmatched, contact_gone } }: Point): number =>
  not_in_audience + unmatched + contact_gone

function Readout({ point }: { readonly point: Point | undefined }) {
  const of = (number: number | undefined): string => (number === undefined ? '' : ` ${count(number)}`)
  return (
    <Group gap="md" mb="xs" className="number">
      <Status tone="good">{`Delivered${of(point?.delivered)}`}</Status>
      <Status tone="busy">{`In step already${of(point && point.skipped - unreachedIn(point))}`}</Status>
      <Status tone="calm">{`No contact${of(point && unreachedIn(point))}`}</Status>
      <Status tone="bad">{`Failed${of(point?.failed)}`}</Status>
      <Text size="xs" c="dimmed">
        {point && `${localTime(point.at)}, ${count(point.received)} received`}
      </Text>
    </Group>
  )
}

function Axis({ points }: { readonly points: readonly Point[] }) {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return null
  return (
    <Group justify="space-between" mt={4} fz="xs" c="dimmed" className="number">
      <span>{localTime(first.at)}</span>
      <span>{localTime(last.at)}</span>
    </Group>
  )
}

/** Made when it is opened: its cells are more than the rest of the page. */
function Numbers({ points }: { readonly points: readonly Point[] }) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details onToggle={event => setIsOpen(event.currentTarget.open)}>
      <summary className="summary">As a table</summary>
      {isOpen && <NumbersTable points={points} />}
    </details>
  )
}

type NumberColumn = { readonly name: string; readonly of: (point: Point) => number }

const COLUMNS: readonly NumberColumn[] = [
  { name: 'Received', of: ({ received }) => received },
  { name: 'Delivered', of: ({ delivered }) => delivered },
  ...ENDS.map(end => ({ name: UNWRITTEN[end], of: ({ skipped_as }: Point) => skipped_as[end] })),
  { name: 'Failed', of: ({ failed }) => failed },
]

function NumbersTable({ points }: { readonly points: readonly Point[] }) {
  return (
    <Scroll label="Deliveries over time">
      <Table verticalSpacing={3} className="number">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>From</Table.Th>
            {COLUMNS.map(({ name }) => (
              <Table.Th key={name} ta="right">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {points.map(point => (
            <Table.Tr key={point.at}>
              <Table.Td>{localTime(point.at)}</Table.Td>
              {COLUMNS.map(({ name, of }) => (
                <Table.Td key={name} ta="right">
                  {count(of(point))}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  )
}
