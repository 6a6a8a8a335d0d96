import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { createMergeField, type AudienceOf } from '../../api/mailchimp.ts'
import { useMay } from '../role.tsx'
import { nameFor } from './suggest.ts'

const TAG = /^[A-Z0-9_]{1,10}$/

type Props = { readonly tag: string; readonly path: string; readonly audience: AudienceOf }

/** Makes a merge tag that the audience lacks, as a text field. */
export function CreateTag({ tag, path, audience }: Props) {
  const queries = useQueryClient()
  const mayChange = useMay('operator')
  const creation = useMutation({
    mutationFn: () => createMergeField({ ...audience, tag: tag.toUpperCase(), name: nameFor(path, tag) }),
    onSuccess: async field => {
      await queries.invalidateQueries({ queryKey: ['mailchimp', 'audience'] })
      notifications.show({ message: `${field.tag} was created at Mailchimp as a text field.` })
    },
  })
  if (!mayChange) return null
  if (!TAG.test(tag.toUpperCase())) return <span>A merge tag has at most 10 letters, digits and _.</span>
  return (
    <Button size="compact-xs" variant="default" loading={creation.isPending} onClick={() => creation.mutate()}>
      Create {tag.toUpperCase()} at Mailchimp
    </Button>
  )
}
