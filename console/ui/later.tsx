import { startTransition, useEffect, useState, type ComponentType } from 'react'
import { Loading } from './Loaded.tsx'

/** A part whose script comes later. React's own `lazy` would keep it back for 300 ms after its script is here. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  return function Later(props: P) {
    const [Part, setPart] = useState<ComponentType<P>>()
    useEffect(() => {
      // In slices, so that a slow phone answers to a finger in between.
      const show = (part: ComponentType<P>): void => startTransition(() => setPart(() => part))
      const fail = (error: unknown): void =>
        setPart(() => {
          throw error
        })
      load().then(show, fail)
    }, [])
    return Part ? <Part {...props} /> : <Loading />
  }
}
