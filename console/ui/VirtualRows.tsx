import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import styles from './VirtualRows.module.css'

type Props<T> = {
  readonly label: string
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string
  readonly height: number
  readonly hasMore: boolean
  readonly onMore: () => void
  readonly children: (row: T) => ReactNode
}

/** A list of any length, of which only what is in sight is in the page. Asks for more before its end is in sight. */
export function VirtualRows<T>({ label, rows, keyOf, height, hasMore, onMore, children }: Props<T>) {
  const list = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => setTop((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY), [])
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    getItemKey: index => {
      const row = rows[index]
      return row === undefined ? index : keyOf(row)
    },
    overscan: 6,
    scrollMargin: top,
  })
  const items = virtual.getVirtualItems()
  const lastShown = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && lastShown >= rows.length - 10) onMore()
  }, [hasMore, lastShown, rows.length, onMore])
  return (
    <div ref={list} role="list" aria-label={label} className={styles.list} style={{ height: virtual.getTotalSize() }}>
      {items.map(item => {
        const row = rows[item.index]
        if (row === undefined) return null
        return (
          <div
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            role="listitem"
            aria-setsize={hasMore ? -1 : rows.length}
            aria-posinset={item.index + 1}
            className={styles.row}
            style={{ transform: `translateY(${item.start - top}px)` }}
          >
            {children(row)}
          </div>
        )
      })}
    </div>
  )
}
