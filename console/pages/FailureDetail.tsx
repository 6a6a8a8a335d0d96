import { PageHeader } from '../ui/PageHeader.tsx'

export function FailureDetail() {
  return <PageHeader title="Failure" />
}
