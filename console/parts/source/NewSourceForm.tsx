import { Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { createSource, type CreatedSource, type NewSource } from '../../api/sources.ts'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'

type Feed = 'user' | 'event' | 'first'
type Values = { readonly name: string; readonly proof: 'bearer' | 'oauth2'; readonly feed: Feed }

const INITIAL: Values = { name: '', proof: 'bearer', feed: 'first' }

const sourceOf = ({ name, proof, feed }: Values): NewSource => ({
  name: name.trim(),
  authentication: { type: proof },
  ...(feed === 'first' ? {} : { feed }),
})

export function NewSourceForm({ onCreated }: { readonly onCreated: (source: CreatedSource) => void }) {
  const queries = useQueryClient()
  const form = useForm<Values>({ initialValues: INITIAL })
  const creation = useMutation({
    mutationFn: (values: Values) => createSource(sourceOf(values)),
    meta: { problem: 'inline' },
    onSuccess: async source => {
      await queries.invalidateQueries({ queryKey: ['sources'] })
      onCreated(source)
    },
  })
  return (
    <form onSubmit={form.onSubmit(values => creation.mutate(values))}>
      <Stack gap="sm">
        <TextInput label="Name of the new source" placeholder="Acme" required {...form.getInputProps('name')} />
        <div>
          <Text size="sm" fw={500} mb={4}>
            How Didomi proves itself
          </Text>
          <SegmentedControl
            aria-label="How Didomi proves itself"
            data={[
              { value: 'bearer', label: 'Request header' },
              { value: 'oauth2', label: 'OAuth 2.0' },
            ]}
            {...form.getInputProps('proof')}
          />
        </div>
        <Select
          label="Webhooks to follow"
          description="Didomi tells every change in two families of webhooks; one of them is followed."
          data={[
            { value: 'first', label: 'The family that arrives first' },
            { value: 'event', label: 'event.*: what each person did' },
            { value: 'user', label: 'user.*: what Didomi holds of each person' },
          ]}
          allowDeselect={false}
          {...form.getInputProps('feed')}
        />
        {creation.error && <ProblemNotice problem={creation.error} />}
        <Group>
          <Button type="submit" loading={creation.isPending}>
            Make the source
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
