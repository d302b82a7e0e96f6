import { parser } from '@prometheus-io/lezer-promql'

/** What a PromQL expression asks for: a metric, with the labels that it is told apart and summed up by. */
export interface Asked {
  metrics: string[]
  labels: string[]
  /** Labels that must have exactly this value. */
  equal: { metric: string; label: string; value: string }[]
}

/** Stand-ins for Grafana's own variables, which are no PromQL. */
const withoutVariables = (expression: string) => expression.replaceAll(/\$__\w+/g, '5m')

/** Reads an expression with Prometheus' own grammar. @throws when it is not a whole one */
export function readPromql(expression: string): Asked {
  const text = withoutVariables(expression)
  const asked: Asked = { metrics: [], labels: [], equal: [] }
  let metric = ''
  parser.parse(text).iterate({
    enter({ type, from, to, node }) {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${text}`)
      const said = text.slice(from, to)
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector')
        asked.metrics.push((metric = said))
      if (type.name === 'LabelName') asked.labels.push(said)
      if (type.name === 'UnquotedLabelMatcher') {
        const [, label, value] = /^(\w+)\s*=\s*"(.*)"$/.exec(said) ?? []
        if (label !== undefined && value !== undefined) asked.equal.push({ metric, label, value })
      }
    },
  })
  return asked
}
