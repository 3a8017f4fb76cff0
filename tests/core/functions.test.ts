import { describe, expect, it } from '@jest/globals'
import { selectFunctions } from '../../scripts/core/code-selection.js'
import { declaredFunctions, referencesIn } from '../../scripts/core/functions.js'
import { dependencyFiles, packagedFunctions } from '../../scripts/core/packaging.js'
import type { Template } from '../../scripts/core/template.js'
import { planPruning } from '../../scripts/core/version-pruning.js'
import { thrownBy } from '../support/failures.js'

const question = { path: '/health', stage: 'dev' }
const uri = { 'Fn::Sub': 'arn:aws:apigateway:${AWS::Region}:lambda:path/functions/${FLive}/invocations' }
const template: Template = {
  Resources: {
    F: { Type: 'AWS::Lambda::Function', Properties: { Handler: 'a.b' } },
    FLive: {
      Type: 'AWS::Lambda::Alias',
      Properties: { FunctionName: { Ref: 'F' }, FunctionVersion: '$LATEST', Name: 'live' },
    },
    Worker: { Type: 'AWS::Lambda::Function', Metadata: { HealthEvent: { ping: true } } },
    WorkerAlias: {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: { Ref: 'Worker' },
        FunctionVersion: { 'Fn::GetAtt': ['WorkerVersion1', 'Version'] },
        Name: { Ref: 'AliasName' },
      },
    },
    Image: { Type: 'AWS::Lambda::Function', Properties: { PackageType: 'Image' } },
    Api: {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: { Body: { paths: { '/{proxy+}': { get: { 'x-amazon-apigateway-integration': { uri } } } } } },
    },
  },
}

describe('the functions of a processed template', () => {
  const found = Object.fromEntries(declaredFunctions(template, question).map((one) => [one.logicalId, one]))

  it('have the alias that names them, and who moves it', () => {
    expect(found['F']?.alias).toEqual({ logicalId: 'FLive', name: 'live', movedBy: 'tool' })
    expect(found['Worker']?.alias).toEqual({ logicalId: 'WorkerAlias', name: undefined, movedBy: 'stack' })
    expect(found['Image']).toMatchObject({ packageType: 'Image', alias: undefined })
  })

  it('are asked for their health only where an API sends that path to them, or where they say how', () => {
    expect(found['F']?.check?.expects).toBe('health')
    expect(found['Worker']?.check).toEqual({ event: '{"ping":true}', expects: 'event' })
    expect(found['Image']?.check).toBeUndefined()
  })

  it('are not asked where another function has that very path', () => {
    const paths = { '/{proxy+}': { get: { uri } }, '/health': { get: { uri: { 'Fn::GetAtt': ['Worker', 'Arn'] } } } }
    const resources = {
      F: template.Resources['F']!,
      FLive: template.Resources['FLive']!,
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Body: { paths } } },
    }
    expect(declaredFunctions({ Resources: resources }, question)[0]?.check).toBeUndefined()
  })

  it('of an HTTP API get its own kind of event', () => {
    const resources = {
      F: template.Resources['F']!,
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Body: { paths: { $default: { x: { Ref: 'F' } } } } } },
    }
    expect(declaredFunctions({ Resources: resources }, question)[0]?.check?.event).toContain('"version":"2.0"')
  })

  it('are referred to by Ref, GetAtt and Sub', () => {
    const value = [{ Ref: 'A' }, { 'Fn::GetAtt': 'B.Arn' }, { 'Fn::Sub': ['${C}${D.Arn}${!E}', {}] }]
    expect([...referencesIn(value)].sort()).toEqual(['A', 'B', 'C', 'D'])
  })
})

describe('FUNCTION', () => {
  const functions = ['Api', 'OrdersIn', 'OrdersOut'].map((logicalId) => ({ logicalId, name: `shop-${logicalId}` }))
  const chosen = (given: string | undefined): string[] => selectFunctions(functions, given).map((one) => one.logicalId)

  it.each([
    [undefined, ['Api', 'OrdersIn', 'OrdersOut']],
    ['Orders*', ['OrdersIn', 'OrdersOut']],
    ['shop-Api, OrdersOut', ['Api', 'OrdersOut']],
  ])('%s takes %j', (given, expected) => expect(chosen(given)).toEqual(expected))

  it.each(['Order', 'Api.', 'Api,Nothing'])('%s is refused with the names that there are', (given) => {
    const error = thrownBy(() => chosen(given))
    expect(error.code).toBe('Usage')
    expect(error.facts).toContainEqual({ label: 'Api', text: 'shop-Api' })
  })
})

describe('how code is put together', () => {
  const of = (Metadata: Record<string, unknown> | undefined, Runtime: string | undefined, files: string[]) =>
    packagedFunctions(
      {
        Globals: { Function: { Runtime: 'python3.13' } },
        Resources: {
          F: {
            Type: 'AWS::Serverless::Function',
            Properties: { CodeUri: 'src/', ...(Runtime === undefined ? {} : { Runtime }) },
            ...(Metadata === undefined ? {} : { Metadata }),
          },
        },
      },
      files,
    )[0]?.method

  it.each([
    [{ BuildMethod: 'makefile' }, undefined, [], 'makefile'],
    [undefined, undefined, ['src/app.py'], 'copy'],
    [undefined, undefined, ['src/requirements.txt'], 'sam'],
    [undefined, 'nodejs22.x', ['src/app.js'], 'copy'],
    [undefined, 'nodejs22.x', ['src/package.json'], 'sam'],
    [{ BuildMethod: 'esbuild' }, 'nodejs22.x', [], 'sam'],
    [undefined, 'java21', [], 'sam'],
  ])('%j %s %j: %s', (metadata, runtime, files, method) => expect(of(metadata, runtime, files)).toBe(method))

  it('tells dependencies from code', () => {
    const both: Template = {
      Resources: {
        L: { Type: 'AWS::Serverless::LayerVersion', Properties: { ContentUri: 'layer/' } },
        F: { Type: 'AWS::Serverless::Function', Properties: { CodeUri: 'src/' } },
      },
    }
    const files = ['layer/any.py', 'src/app.py', 'src/requirements.txt', 'src/sub/package-lock.json']
    expect(dependencyFiles(both, files)).toEqual(['layer/any.py', 'src/requirements.txt', 'src/sub/package-lock.json'])
  })
})

describe('pruning', () => {
  it('removes the oldest beyond those kept, and none that is needed', () => {
    const versions = ['$LATEST', '10', '9', '1', '2', '3']
    expect(planPruning(versions, ['2'], 2)).toEqual(['1', '3'])
    expect(planPruning(versions, [], 10)).toEqual([])
  })
})
