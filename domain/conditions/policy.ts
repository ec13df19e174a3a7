/** The conditions Slipway can read. Knowing one repairs nothing: a repair needs a policy that names its check. */
import type { ConditionRule } from './types.ts';

const goodWhenTrue = { True: 'healthy', False: 'faulty', Unknown: 'faulty' } as const;
const badWhenTrue = { True: 'faulty', False: 'healthy', Unknown: 'unknown' } as const;

/** Set by the kubelet, the last one by the network's own controller. */
const ownConditions = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];

/** Set by node-problem-detector with the rule files and plugins it is shipped with. */
const nodeProblemDetector = [
  'KernelDeadlock',
  'ReadonlyFilesystem',
  'XfsShutdown',
  'CperHardwareErrorFatal',
  'DiskBadBlock',
  'FrequentUnregisterNetDevice',
  'FrequentKubeletRestart',
  'FrequentDockerRestart',
  'FrequentContainerdRestart',
  'CorruptDockerOverlay2',
  'KubeletUnhealthy',
  'KubeProxyUnhealthy',
  'ContainerRuntimeUnhealthy',
  'NTPProblem',
];

export const conditionRules: readonly ConditionRule[] = [
  // A kubelet that does not answer is a fault of the node, whatever else it may be.
  { type: 'Ready', verdicts: goodWhenTrue },
  ...[...ownConditions, ...nodeProblemDetector].map((type) => ({ type, verdicts: badWhenTrue })),
];

/** Longer texts are cut: a report is evidence, not a log. */
export const longestReason = 128;
export const longestMessage = 1024;
