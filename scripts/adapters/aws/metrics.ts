import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch'
import type { FiguresQuestion, Metrics } from '../../ports.js'
import { type ClientConfig, everyPage } from './clients.js'

/** DescribeAlarms takes 100 names, GetMetricData 500 queries. */
const alarmsAtOnce = 100
const questionsAtOnce = 150
const minuteMs = 60_000

export function makeMetrics(config: ClientConfig): Metrics {
  const client = new CloudWatchClient(config)
  return {
    async figures(questions) {
      const batches = await Promise.all(batchesOf(questions, questionsAtOnce).map((some) => ask(client, some)))
      return batches.flat()
    },
    async alarmsOn(names) {
      const pages = await Promise.all(
        batchesOf(names, alarmsAtOnce).map((AlarmNames) =>
          everyPage(
            (NextToken) =>
              client.send(
                new DescribeAlarmsCommand({
                  AlarmNames: [...AlarmNames],
                  AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
                  StateValue: 'ALARM',
                  NextToken,
                }),
              ),
            ({ MetricAlarms = [], CompositeAlarms = [] }) => [...MetricAlarms, ...CompositeAlarms],
            (page) => page.NextToken,
          ),
        ),
      )
      return pages.flat().map(({ AlarmName = '', StateReason = '' }) => ({ name: AlarmName, reason: StateReason }))
    },
  }
}

async function ask(client: CloudWatchClient, questions: readonly FiguresQuestion[]) {
  const [first] = questions
  if (first === undefined) return []
  // CloudWatch keeps minutes: a minute that is not over yet, and one that began before, belong to it.
  const start = Math.floor(first.since.getTime() / minuteMs) * minuteMs
  const end = Math.ceil(first.until.getTime() / minuteMs + 1) * minuteMs
  const results = await everyPage(
    (NextToken) =>
      client.send(
        new GetMetricDataCommand({
          StartTime: new Date(start),
          EndTime: new Date(end),
          MetricDataQueries: questions.flatMap((one, i) => queriesOf(one, i, (end - start) / 1000)),
          NextToken,
        }),
      ),
    (page) => page.MetricDataResults,
    (page) => page.NextToken,
  )
  return questions.map((_, i) => {
    const p95s = valuesOf(results, `d${i}`)
    return {
      invocations: sumOf(valuesOf(results, `i${i}`)),
      errors: sumOf(valuesOf(results, `e${i}`)),
      p95Ms: p95s.length === 0 ? undefined : Math.max(...p95s),
    }
  })
}

/** With Resource, what was asked of the version directly does not count: those are the tool's own checks. */
function queriesOf({ name, alias, version }: FiguresQuestion, i: number, seconds: number): MetricDataQuery[] {
  const query = (Id: string, MetricName: string, Stat: string): MetricDataQuery => ({
    Id,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/Lambda',
        MetricName,
        Dimensions: [
          { Name: 'FunctionName', Value: name },
          { Name: 'Resource', Value: `${name}:${alias}` },
          { Name: 'ExecutedVersion', Value: version },
        ],
      },
      Period: seconds,
      Stat,
    },
  })
  return [query(`i${i}`, 'Invocations', 'Sum'), query(`e${i}`, 'Errors', 'Sum'), query(`d${i}`, 'Duration', 'p95')]
}

function valuesOf(results: readonly MetricDataResult[], id: string): number[] {
  return results.filter(({ Id }) => Id === id).flatMap(({ Values }) => Values ?? [])
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function batchesOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}
