import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { Service } from 'kubernetes-models/v1/Service'
import ts from 'typescript'
import { parseAllDocuments } from 'yaml'

const PROJECT = join(import.meta.dirname, '../..')

const MODELS = { ConfigMap, Deployment, Service, PodDisruptionBudget, NetworkPolicy }
type Kind = keyof typeof MODELS

export interface Manifest {
  kind: Kind
  apiVersion: string
  metadata: { name: string }
}

/** What `kubectl apply` is given. */
export const MANIFESTS = parseAllDocuments(
  readFileSync(join(PROJECT, 'docs/kubernetes/wauth.yaml'), 'utf8'),
).map((document) => document.toJS() as Manifest)

/**
 * The one of this kind and name, held against the schema of its kind.
 * @throws where it is not there, or the schema does not take it
 */
export function manifest<K extends Kind>(kind: K, name = 'wauth'): InstanceType<(typeof MODELS)[K]> {
  const found = MANIFESTS.find((one) => one.kind === kind && one.metadata.name === name)
  const model = new MODELS[kind](found)
  model.validate()
  return model as InstanceType<(typeof MODELS)[K]>
}

/** Fields that there are not. The schemas take them; a compiler finds them, by the types that were made of the schemas. */
export function unknownFields(manifests: readonly Manifest[]): string[] {
  const file = join(import.meta.dirname, 'manifests.ts')
  const lines = manifests.map(
    (one, index) =>
      `import type { I${one.kind} as I${index} } from 'kubernetes-models/${one.apiVersion}/${one.kind}'
       export const a${index}: I${index} = ${JSON.stringify(one)}`,
  )
  const options = { module: ts.ModuleKind.NodeNext, skipLibCheck: true, types: [], lib: ['lib.es5.d.ts'] }
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile.bind(host)
  host.getSourceFile = (path, ...rest) =>
    path === file
      ? ts.createSourceFile(path, lines.join('\n'), {
          languageVersion: ts.ScriptTarget.ES2022,
          impliedNodeFormat: ts.ModuleKind.ESNext,
        })
      : read(path, ...rest)
  const program = ts.createProgram([file], options, host)
  return program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}
