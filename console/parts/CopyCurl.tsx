import { Button, CopyButton } from '@mantine/core'
import type { Attempt } from '../api/events.ts'
import { curlOf } from './curl.ts'

/** The request of an attempt for a terminal; the key stays out of it. */
export function CopyCurl({ attempt }: { readonly attempt: Attempt }) {
  return (
    <CopyButton value={curlOf(attempt.request)}>
      {({ copied, copy }) => (
        <Button size="compact-xs" variant="default" onClick={copy}>
          {copied ? 'Copied' : 'Copy as curl'}
        </Button>
      )}
    </CopyButton>
  )
}
