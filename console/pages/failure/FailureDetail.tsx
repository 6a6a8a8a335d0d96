import { Button, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import { changeFailure, failureQuery, type Failure, type FailureChange } from '../../api/failures.ts'
import { causeWords, FailureStateOf, KIND_WORDS } from '../../parts/FailureWords.tsx'
import { useIntegrationName } from '../../parts/IntegrationSelect.tsx'
import { maskedText } from '../../parts/mask.ts'
import { PersonName } from '../../parts/PersonName.tsx'
import { ReplayDialog } from '../../parts/ReplayDialog.tsx'
import { For } from '../../parts/role.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Loaded } from '../../ui/Loaded.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { TextLink } from '../../ui/TextLink.tsx'
import { Time } from '../../ui/Time.tsx'
import { count } from '../../ui/time.ts'
import { changesFor } from '../failures/changes-for.ts'

const route = getRouteApi('/app/failures/$failureId')

/** One cause of failure: what to do about it, whom it concerns, and a replay of all of them. */
export function FailureDetail() {
  const { failureId } = route.useParams()
  const query = useQuery(failureQuery(failureId))
  return <Loaded query={query}>{failure => <Detail failure={failure} />}</Loaded>
}

type Props = { readonly failure: Failure }

function Detail({ failure }: Props) {
  return (
    <>
      <PageHeader
        title={causeWords(failure.cause)}
        says={<FailureStateOf failure={failure} />}
        actions={
          <For role="operator">
            <StateButtons failure={failure} />
            <ReplayGroup failure={failure} />
          </For>
        }
      />
      <Stack maw={820}>
        {failure.says && (
          <Notice tone={failure.kind === 'dead' ? 'bad' : 'warn'} title={failure.says}>
            <Text size="sm">{failure.next ?? 'Nothing needs doing; it goes on by itself.'}</Text>
          </Notice>
        )}
        <Numbers failure={failure} />
        <Example failure={failure} />
      </Stack>
    </>
  )
}

function Numbers({ failure }: Props) {
  const nameOf = useIntegrationName()
  const { integration_id, kind, withdrawals, first_at, last_at, changed_at, changed_by } = failure
  return (
    <Panel title="What it concerns">
      <Facts
        lines={[
          [
            'Integration',
            <TextLink to="/integrations/$integrationId" params={{ integrationId: integration_id }}>
              {nameOf(integration_id)}
            </TextLink>,
          ],
          ['Deliveries', <span className="number">{`${count(failure.count)} ${KIND_WORDS[kind]}`}</span>],
          ['With a withdrawal', <span className="number">{count(withdrawals)}</span>],
          ['First', <Time at={first_at} />],
          ['Last grew', <Time at={last_at} />],
          ['In this state', <Time at={changed_at} />],
          ['Changed by', changed_by ?? 'the service'],
        ]}
      />
    </Panel>
  )
}

function Example({ failure: { example } }: Props) {
  if (example === null) return null
  return (
    <Panel title="One of them">
      <Facts
        lines={[
          ['Person', <PersonName person={example.person} canReveal />],
          ['Detail', maskedText(example.detail ?? 'none')],
        ]}
      />
    </Panel>
  )
}

const CHANGE_WORDS = {
  acknowledge: 'Acknowledge',
  ignore: 'Ignore',
  reopen: 'Open again',
} as const satisfies Record<FailureChange, string>

function StateButtons({ failure }: Props) {
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (to: FailureChange) => changeFailure(failure.id, to),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['failures'] }),
  })
  return changesFor(failure.state).map(each => (
    <Button key={each} variant="default" loading={change.isPending} onClick={() => change.mutate(each)}>
      {CHANGE_WORDS[each]}
    </Button>
  ))
}

function ReplayGroup({ failure }: Props) {
  const [isOpen, dialog] = useDisclosure(false)
  const nameOf = useIntegrationName()
  return (
    <>
      <Button leftSection={<RotateCcw size={16} />} onClick={dialog.open}>
        Replay this group
      </Button>
      {isOpen && (
        <ReplayDialog
          isOpen
          onClose={dialog.close}
          scope={{ debts: { failure_id: failure.id } }}
          what={`“${nameOf(failure.integration_id)}”`}
        />
      )}
    </>
  )
}
