import {
  type FunctionConfiguration,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda'
import type { FunctionState, Functions } from '../../ports.js'
import { type ClientConfig, isNamed } from './clients.js'

export function makeFunctions(config: ClientConfig): Functions {
  const client = new LambdaClient(config)
  return {
    async state(name, qualifier) {
      try {
        return toState(
          await client.send(new GetFunctionConfigurationCommand({ FunctionName: name, Qualifier: qualifier })),
        )
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return undefined
        throw error
      }
    },
    async alias(name, alias) {
      try {
        const found = await client.send(new GetAliasCommand({ FunctionName: name, Name: alias }))
        return { version: found.FunctionVersion ?? '', revisionId: found.RevisionId ?? '' }
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return undefined
        throw error
      }
    },
    async invoke(name, qualifier, payload) {
      const answer = await client.send(
        new InvokeCommand({
          FunctionName: name,
          Qualifier: qualifier,
          Payload: new TextEncoder().encode(payload),
          LogType: 'Tail',
        }),
      )
      return {
        failed: answer.FunctionError !== undefined,
        payload: new TextDecoder().decode(answer.Payload),
        logTail: Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8'),
      }
    },
    async publish(name, codeSha256, revisionId, description) {
      return toState(
        await client.send(
          new PublishVersionCommand({
            FunctionName: name,
            CodeSha256: codeSha256,
            RevisionId: revisionId,
            Description: description,
          }),
        ),
      )
    },
    async moveAlias(name, alias, version, revisionId) {
      const moved = await client.send(
        new UpdateAliasCommand({
          FunctionName: name,
          Name: alias,
          FunctionVersion: version,
          RevisionId: revisionId,
          RoutingConfig: { AdditionalVersionWeights: {} },
        }),
      )
      return { version: moved.FunctionVersion ?? '', revisionId: moved.RevisionId ?? '' }
    },
  }
}

function toState(found: FunctionConfiguration): FunctionState {
  return {
    name: found.FunctionName ?? '',
    codeSha256: found.CodeSha256 ?? '',
    revisionId: found.RevisionId ?? '',
    version: found.Version ?? '',
    state: found.State,
    lastUpdateStatus: found.LastUpdateStatus,
    reason: found.LastUpdateStatusReason ?? found.StateReason,
  }
}
