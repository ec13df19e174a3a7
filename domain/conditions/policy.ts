/** The conditions Slipway can read; a repair also needs a policy that names the check. */
import type { ConditionRule, OwnCondition } from './types.ts';

const goodWhenTrue = { True: 'healthy', False: 'faulty', Unknown: 'faulty' } as const;
const badWhenTrue = { True: 'faulty', False: 'healthy', Unknown: 'unknown' } as const;

/** Set by the kubelet, each time together with Ready. */
const kubelets = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** Set by a network's or a cloud's controller when something changes, and never confirmed. */
const neverConfirmed = ['NetworkUnavailable'];

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
  { type: 'Ready', verdicts: goodWhenTrue, beats: true },
  ...[...kubelets, ...neverConfirmed, ...nodeProblemDetector].map((type) => ({
    type,
    verdicts: badWhenTrue,
    beats: !neverConfirmed.includes(type),
  })),
];

const faultyWhenFalse = { True: 'healthy', False: 'faulty', Unknown: 'unknown' } as const;

/** The rules of the table, and those of conditions that policies taught. */
export function rulesOf(
  policies: readonly { readonly conditions: readonly OwnCondition[] }[],
): readonly ConditionRule[] {
  const own = policies.flatMap(({ conditions }) => conditions);
  const taught = own.map(({ type, faultyWhen, beats }) => ({
    type,
    verdicts: faultyWhen === 'True' ? badWhenTrue : faultyWhenFalse,
    beats,
  }));
  return [...conditionRules, ...taught];
}

/**
 * A condition whose heartbeat is so far behind its node's Ready has lost its writer and is no evidence. The kubelet
 * confirms Ready every 5 min at the latest, node-problem-detector its conditions every 5 min; 30 min are six beats missed.
 */
export const staleAfterMs = 30 * 60 * 1000;

/** Longer texts are cut. */
export const longestReason = 128;
export const longestMessage = 1024;
