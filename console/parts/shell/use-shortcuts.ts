import { useNavigate } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useRef } from 'react'
import { PAGES } from './navigation.ts'

type Actions = { readonly onSearch: () => void; readonly onHelp: () => void }

/** How long after `g` the second key still counts. */
const CHORD_MS = 1_200

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** `/`, `?`, Ctrl-K, and `g` with the key of a page. Nothing while somebody types, or in a dialog. */
export function useShortcuts({ onSearch, onHelp }: Actions): void {
  const navigate = useNavigate()
  const chordEnds = useRef(0)
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') return act(event, onSearch)
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isDialogOpen()) return
    if (event.key === '/') return act(event, onSearch)
    if (event.key === '?') return act(event, onHelp)
    const page = event.timeStamp < chordEnds.current ? PAGES.find(({ key }) => key === event.key) : undefined
    chordEnds.current = event.key === 'g' ? event.timeStamp + CHORD_MS : 0
    if (page) act(event, () => void navigate({ to: page.to }))
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event)
    document.addEventListener('keydown', listener)
    return () => document.removeEventListener('keydown', listener)
  }, [])
}

function act(event: KeyboardEvent, action: () => void): void {
  event.preventDefault()
  action()
}

const isDialogOpen = (): boolean => document.querySelector('[role="dialog"][aria-modal="true"]') !== null
