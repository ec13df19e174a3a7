/** The servers of the local stack, the modules they are built from, and how to recognise one on the PATH. */

export const binaryNames = [
  'nats-server',
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
  'temporal-server',
  'temporal-ui',
] as const;
export type BinaryName = (typeof binaryNames)[number];

export type BinarySpec = {
  readonly name: BinaryName;
  readonly version: string;
  /** The main package. */
  readonly package: string;
  /** The file name that `go build` gives the binary. */
  readonly builtAs: string;
  /** Its name on a PATH, and the arguments that make it print its version. */
  readonly onPath: string;
  readonly versionArguments: readonly string[];
};

export type SetSpec = {
  /** The folder under `embedded/toolchain` that pins the modules. */
  readonly name: string;
  readonly linkerFlags: string;
  /** About how long it takes on two cores from empty caches. */
  readonly typicalSeconds: number;
  readonly binaries: readonly BinarySpec[];
};

const kubernetesVersion = '1.36.3';

function kubernetesBinary(
  name: BinaryName,
  versionArguments: readonly string[] = ['--version'],
): BinarySpec {
  return {
    name,
    version: kubernetesVersion,
    package: `k8s.io/kubernetes/cmd/${name}`,
    builtAs: name,
    onPath: name,
    versionArguments,
  };
}

const gitVersion = `gitVersion=v${kubernetesVersion}`;

/** In the order of building: the first gives the others the standard library from the build cache. */
export const sets: readonly SetSpec[] = [
  {
    name: 'nats',
    linkerFlags: '',
    typicalSeconds: 30,
    binaries: [
      {
        name: 'nats-server',
        version: '2.15.2',
        package: 'github.com/nats-io/nats-server/v2',
        builtAs: 'nats-server',
        onPath: 'nats-server',
        versionArguments: ['--version'],
      },
    ],
  },
  {
    name: 'temporal-ui',
    linkerFlags: '',
    typicalSeconds: 20,
    binaries: [
      {
        name: 'temporal-ui',
        version: '2.54.1',
        package: 'github.com/temporalio/ui-server/v2/cmd/server',
        builtAs: 'server',
        onPath: 'temporal-ui-server',
        versionArguments: ['--version'],
      },
    ],
  },
  {
    name: 'kubernetes',
    linkerFlags: `-X k8s.io/component-base/version.${gitVersion} -X k8s.io/client-go/pkg/version.${gitVersion}`,
    typicalSeconds: 270,
    binaries: [
      kubernetesBinary('kube-apiserver'),
      kubernetesBinary('kube-controller-manager'),
      kubernetesBinary('kube-scheduler'),
      kubernetesBinary('kubectl', ['version', '--client']),
      {
        name: 'etcd',
        version: '3.6.10',
        package: 'go.etcd.io/etcd/server/v3',
        builtAs: 'server',
        onPath: 'etcd',
        versionArguments: ['--version'],
      },
      {
        name: 'kwok',
        version: '0.8.0',
        package: 'sigs.k8s.io/kwok/cmd/kwok',
        builtAs: 'kwok',
        onPath: 'kwok',
        versionArguments: ['--version'],
      },
    ],
  },
  {
    name: 'temporal',
    linkerFlags: '',
    typicalSeconds: 200,
    binaries: [
      {
        name: 'temporal-server',
        version: '1.32.0',
        package: 'go.temporal.io/server/cmd/server',
        builtAs: 'server',
        onPath: 'temporal-server',
        versionArguments: ['--version'],
      },
    ],
  },
];

/** The name of a binary in the cache; the version is part of it, so an upgrade builds anew. */
export function cachedName(spec: BinarySpec): string {
  return `${spec.name}-${spec.version}`;
}
