import { Button, NumberInput, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { changeRetention, retentionQuery, type Retention as Days } from '../../api/retention.ts'
import { useMay } from '../../parts/role.tsx'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Panel } from '../../ui/Panel.tsx'

type Kind = keyof Days

const KINDS = {
  bodies: { name: 'Webhooks as they came in', says: 'What was read from them stays.' },
  quarantine: { name: 'Webhooks that could not be read', says: 'Among them those of which only a part was read.' },
  anonymous: {
    name: 'Anonymous records',
    says: 'Nothing says whose they are. Once that is known, they are kept like all others.',
  },
  attempts: { name: 'Requests to Mailchimp', says: 'The charts reach back as far. What was last written stays known.' },
  audit: { name: 'Audit log', says: 'Who did what.' },
} as const satisfies Record<Kind, { name: string; says: string }>

/** For how long what is kept. */
export function Retention() {
  const query = useQuery(retentionQuery)
  return (
    <>
      <PageHeader
        title="Retention"
        says="What people chose is kept until they are erased. Everything below expires by itself, an hour after its time at the latest."
      />
      <Stack maw={560}>
        <Panel title="Days to keep">
          <Loaded query={query}>{days => <Form days={days} />}</Loaded>
        </Panel>
      </Stack>
    </>
  )
}

/** An empty field keeps for ever. */
type Values = { readonly [K in Kind]: number | '' }

const kindsOf = (days: object): readonly Kind[] => Object.keys(days) as Kind[]

const valuesOf = (days: Days): Values => ({
  bodies: days.bodies ?? '',
  quarantine: days.quarantine ?? '',
  anonymous: days.anonymous ?? '',
  attempts: days.attempts ?? '',
  audit: days.audit ?? '',
})

const daysIn = ({ bodies, quarantine, anonymous, attempts, audit }: Values): Days => ({
  bodies: bodies === '' ? null : bodies,
  quarantine: quarantine === '' ? null : quarantine,
  anonymous: anonymous === '' ? null : anonymous,
  attempts: attempts === '' ? null : attempts,
  audit: audit === '' ? null : audit,
})

/** Those of which something is deleted sooner than before. */
const shortened = (before: Days, after: Days): readonly Kind[] =>
  kindsOf(before).filter(kind => (after[kind] ?? Infinity) < (before[kind] ?? Infinity))

function Form({ days }: { readonly days: Days }) {
  const isOwner = useMay('owner')
  const queries = useQueryClient()
  const [isOpen, dialog] = useDisclosure(false)
  const form = useForm<Values>({ initialValues: valuesOf(days) })
  const change = useMutation({
    mutationFn: () => changeRetention(daysIn(form.values)),
    meta: { problem: 'inline' },
    onSuccess: changed => {
      queries.setQueryData(retentionQuery.queryKey, changed)
      form.resetDirty()
      dialog.close()
      notifications.show({ message: 'This is kept from now on.' })
    },
  })
  return (
    <form onSubmit={form.onSubmit(dialog.open)}>
      <Stack gap="sm">
        {kindsOf(KINDS).map(kind => (
          <NumberInput
            key={kind}
            label={KINDS[kind].name}
            description={KINDS[kind].says}
            placeholder="for ever"
            suffix=" days"
            min={1}
            max={36_500}
            allowDecimal={false}
            clampBehavior="strict"
            readOnly={!isOwner}
            {...form.getInputProps(kind)}
          />
        ))}
        <Text size="sm" c="dimmed">
          An empty field keeps for ever.
        </Text>
        {isOwner && (
          <Button type="submit" w="fit-content" disabled={!form.isDirty()}>
            Save
          </Button>
        )}
      </Stack>
      <ConfirmDialog
        title="Change what is kept?"
        isOpen={isOpen}
        onClose={dialog.close}
        onConfirm={() => change.mutate()}
        confirm="Save"
        isDangerous={shortened(days, daysIn(form.values)).length > 0}
        isPending={change.isPending}
        problem={change.error}
      >
        <Consequences kinds={shortened(days, daysIn(form.values))} />
      </ConfirmDialog>
    </form>
  )
}

function Consequences({ kinds }: { readonly kinds: readonly Kind[] }) {
  if (kinds.length === 0) return <Text size="sm">Nothing is deleted by this.</Text>
  return (
    <Text size="sm">
      What is older is deleted at once, and cannot be brought back: {kinds.map(kind => KINDS[kind].name).join(', ')}.
    </Text>
  )
}
