import {
  type AliasConfiguration,
  DeleteFunctionCommand,
  type FunctionConfiguration,
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda'
import { sameWeights } from '../../core/shift.js'
import { DeployError, messageOf } from '../../errors.js'
import type { CodeSource, FunctionAlias, FunctionState, Functions } from '../../ports.js'
import { getBytes } from '../http.js'
import { type ClientConfig, everyPage, isNamed, isOwnEcho } from './clients.js'

const downloadDeadlineMs = 10 * 60_000

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
        return toAlias(await client.send(new GetAliasCommand({ FunctionName: name, Name: alias })))
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
    async versions(name) {
      const [versions, aliases] = await Promise.all([
        everyPage(
          (Marker) => client.send(new ListVersionsByFunctionCommand({ FunctionName: name, Marker })),
          (page) => page.Versions,
          (page) => page.NextMarker,
        ),
        everyPage(
          (Marker) => client.send(new ListAliasesCommand({ FunctionName: name, Marker })),
          (page) => page.Aliases,
          (page) => page.NextMarker,
        ),
      ])
      const served = aliases.map(toAlias).flatMap(({ version, weights }) => [version, ...Object.keys(weights)])
      return { versions: versions.flatMap(({ Version }) => Version ?? []), aliased: served }
    },
    async image(name) {
      const { Code } = await client.send(new GetFunctionCommand({ FunctionName: name }))
      return Code?.ResolvedImageUri ?? Code?.ImageUri
    },
    async code(name, version) {
      const { Code } = await client.send(new GetFunctionCommand({ FunctionName: name, Qualifier: version }))
      // A link that is signed for ten minutes: it is fetched as it is, without the SDK.
      const { status, body } = await getBytes(Code?.Location ?? '', AbortSignal.timeout(downloadDeadlineMs))
      if (status !== 200) throw new DeployError('AwsFailed', `the code of ${name}:${version} cannot be read`)
      return body
    },
    async deleteVersion(name, version) {
      await client.send(new DeleteFunctionCommand({ FunctionName: name, Qualifier: version }))
    },
    async updateCode(name, source, codeSha256, revisionId) {
      const wanted = { FunctionName: name, RevisionId: revisionId, Publish: true, ...toCode(source) }
      const update = new UpdateFunctionCodeCommand(wanted)
      const updated = client.send(update).catch(async (error: unknown) => {
        if (!isOwnEcho(error, 'PreconditionFailedException', 'ResourceConflictException')) throw error
        const now = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }))
        if (now.CodeSha256 !== codeSha256) throw error
        return now
      })
      return toState(await unlessChanged(name, updated))
    },
    async publish(name, codeSha256, revisionId) {
      // An emulator has no CodeSha256 of an image.
      const CodeSha256 = codeSha256 === '' ? undefined : codeSha256
      const published = { FunctionName: name, CodeSha256 }
      const publish = client.send(new PublishVersionCommand({ ...published, RevisionId: revisionId }))
      const found = publish.catch((error: unknown) => {
        if (!isOwnEcho(error, 'PreconditionFailedException')) throw error
        // The first attempt has moved the revision. Of the same code Lambda publishes no second version.
        return client.send(new PublishVersionCommand(published))
      })
      return toState(await unlessChanged(name, found))
    },
    async moveAlias(name, alias, version, revisionId, weights = {}) {
      const move = new UpdateAliasCommand({
        FunctionName: name,
        Name: alias,
        FunctionVersion: version,
        RevisionId: revisionId,
        RoutingConfig: { AdditionalVersionWeights: weights },
      })
      const moved = client.send(move).catch(async (error: unknown) => {
        if (!isOwnEcho(error, 'PreconditionFailedException')) throw error
        const now = await client.send(new GetAliasCommand({ FunctionName: name, Name: alias }))
        if (now.FunctionVersion !== version || !sameWeights(toAlias(now).weights, weights)) throw error
        return now
      })
      return toAlias(await unlessChanged(`${name}:${alias}`, moved))
    },
  }
}

/** 412: another revision than the one we read; 409: Lambda is still busy with somebody's change. */
async function unlessChanged<T>(what: string, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!isNamed(error, 'PreconditionFailedException', 'ResourceConflictException')) throw error
    const said = messageOf(error)
    throw new DeployError('StackState', `${what} was changed by something else at this moment`, {
      facts: [{ label: 'Lambda', text: said }],
      hint: 'find out who works on it past this tool, then the same command again',
      cause: error,
    })
  }
}

function toCode(source: CodeSource): { ZipFile?: Uint8Array; S3Bucket?: string; S3Key?: string; ImageUri?: string } {
  if ('zip' in source) return { ZipFile: source.zip }
  if ('image' in source) return { ImageUri: source.image }
  return { S3Bucket: source.bucket, S3Key: source.key }
}

function toAlias(found: AliasConfiguration): FunctionAlias {
  return {
    version: found.FunctionVersion ?? '',
    revisionId: found.RevisionId ?? '',
    weights: found.RoutingConfig?.AdditionalVersionWeights ?? {},
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
