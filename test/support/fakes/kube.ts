/** An API server in memory, as activities see one: nodes, pods and the pause. Held to test/contract/ports. */
import type { Evicted, KubePort, Read, Unread, Written } from '../../../activities/ports.ts';
import type { NodeFacts, PodFacts } from '../../../domain/node.ts';
import { fieldManagers, marks } from '../../../domain/vocabulary/marks.ts';

export type FakeKube = {
  readonly port: KubePort;
  /** What the API server has, whether or not anybody may read it. */
  readonly node: (name: string) => NodeFacts | undefined;
  readonly pods: (node: string) => readonly PodFacts[];
  /** Adds a node or a pod, or replaces the one of this name. */
  readonly place: (node: NodeFacts) => void;
  readonly bind: (pod: PodFacts) => void;
  readonly removeNode: (name: string) => void;
  readonly removePod: (pod: PodFacts) => void;
  readonly pause: (isPaused: boolean) => void;
  /** Answers this in place of the function's own answer; once, or until it is called again with nothing. */
  readonly answer: <K extends Asked>(of: K, answer?: Answer<K>) => void;
  readonly answerOnce: <K extends Asked>(of: K, answer: Answer<K>) => void;
  /** Runs right before this function does what it does. */
  readonly before: (of: Asked, then: () => void) => void;
  /** The caches know nothing. */
  readonly blind: () => void;
  readonly evictions: () => readonly string[];
};

type Asked = Exclude<keyof KubePort, 'cachedNode' | 'podsOn'>;
type Answer<K extends Asked> = Awaited<ReturnType<KubePort[K]>>;

type World = {
  readonly nodes: Map<string, NodeFacts>;
  readonly pods: Map<string, PodFacts>;
  readonly answers: Map<Asked, unknown>;
  readonly onces: Map<Asked, unknown>;
  readonly befores: Map<Asked, () => void>;
  readonly evictions: string[];
  version: number;
  isPaused: boolean;
  isBlind: boolean;
};

export function fakeKube(nodes: readonly NodeFacts[] = []): FakeKube {
  const world: World = {
    nodes: new Map(nodes.map((node) => [node.name, node])),
    pods: new Map(),
    answers: new Map(),
    onces: new Map(),
    befores: new Map(),
    evictions: [],
    version: 1_000,
    isPaused: false,
    isBlind: false,
  };
  return {
    port: portOf(world),
    node: (name) => world.nodes.get(name),
    pods: (node) => podsOn(world, node),
    place: (node) => void world.nodes.set(node.name, node),
    bind: (pod) => void world.pods.set(keyOf(pod), pod),
    removeNode: (name) => void world.nodes.delete(name),
    removePod: (pod) => void world.pods.delete(keyOf(pod)),
    pause: (isPaused) => void (world.isPaused = isPaused),
    answer: (of, answer) =>
      void (answer === undefined ? world.answers.delete(of) : world.answers.set(of, answer)),
    answerOnce: (of, answer) => void world.onces.set(of, answer),
    before: (of, then) => void world.befores.set(of, then),
    blind: () => void (world.isBlind = true),
    evictions: () => world.evictions,
  };
}

function portOf(world: World): KubePort {
  const { nodes } = world;
  return {
    readNode: (name) => asked(world, 'readNode', () => read(nodes.get(name))),
    allNodes: () => asked(world, 'allNodes', () => read([...nodes.values()])),
    cachedNode: (name) => (world.isBlind ? undefined : nodes.get(name)),
    podsOn: (node) => (world.isBlind ? [] : podsOn(world, node)),
    listPods: (node) => asked(world, 'listPods', () => read(podsOn(world, node))),
    isPaused: () => asked(world, 'isPaused', () => read(world.isPaused)),
    isolate: (node, mark) =>
      asked(world, 'isolate', () =>
        patch(world, node, {
          annotations: { [marks.isolation]: JSON.stringify(mark) },
          unschedulable: true,
        }),
      ),
    uncordon: (node) =>
      asked(world, 'uncordon', () =>
        patch(world, node, { annotations: { [marks.isolation]: null }, unschedulable: false }),
      ),
    annotate: (node, annotations) =>
      asked(world, 'annotate', () => patch(world, node, { annotations })),
    tagPod: (pod, repair) => asked(world, 'tagPod', () => label(world, pod, repair)),
    untagPod: (pod) => asked(world, 'untagPod', () => label(world, pod, undefined)),
    evict: (pod) => asked(world, 'evict', () => evict(world, pod)),
  };
}

async function asked<K extends Asked>(
  { answers, onces, befores }: World,
  of: K,
  own: () => Answer<K>,
): Promise<Answer<K>> {
  befores.get(of)?.();
  const once = onces.get(of) as Answer<K> | undefined;
  onces.delete(of);
  return once ?? (answers.get(of) as Answer<K> | undefined) ?? own();
}

function read<T>(value: T): Read<T> {
  return { ok: true, value };
}

export function unreadable(reason: Unread['reason'], why = 'no answer'): Unread {
  return { ok: false, reason, why };
}

type Patch = {
  readonly annotations: Readonly<Record<string, string | null>>;
  readonly unschedulable?: boolean;
};

function patch(world: World, facts: NodeFacts, { annotations, unschedulable }: Patch): Written {
  const node = world.nodes.get(facts.name);
  if (!node) return { kind: 'gone' };
  if (node.resourceVersion !== facts.resourceVersion) return { kind: 'conflict' };
  if (node.uid !== facts.uid) return { kind: 'failed', why: 'metadata.uid: field is immutable' };
  world.version += 1;
  const cordoned = unschedulable === undefined ? node : cordon(node, unschedulable);
  const stamped = stamp(cordoned, annotations[marks.isolation], world.version * 1_000);
  world.nodes.set(node.name, {
    ...stamped,
    resourceVersion: String(world.version),
    marks: merged(node.marks, annotations),
  });
  return { kind: 'done' };
}

/** A field that is removed has no owner. */
function cordon(node: NodeFacts, unschedulable: boolean): NodeFacts {
  const { unschedulableOwner: _, ...others } = node;
  const owner = unschedulable && { unschedulableOwner: fieldManagers.isolation };
  return { ...others, unschedulable, ...owner };
}

/** The server's own record of when the mark was written first. */
function stamp(node: NodeFacts, mark: string | null | undefined, now: number): NodeFacts {
  if (mark === undefined) return node;
  const { isolatedAt, ...others } = node;
  return mark === null ? others : { ...others, isolatedAt: isolatedAt ?? now };
}

function merged(
  present: NodeFacts['marks'],
  changes: Readonly<Record<string, string | null>>,
): NodeFacts['marks'] {
  const all = { ...present, ...changes };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

function podsOn({ pods }: World, node: string): readonly PodFacts[] {
  return [...pods.values()].filter((pod) => pod.node === node);
}

function label({ pods }: World, pod: PodFacts, repair: string | undefined): Written {
  const present = pods.get(keyOf(pod));
  if (present?.uid !== pod.uid) return { kind: 'done' };
  const { repair: _, ...others } = present;
  pods.set(keyOf(pod), { ...others, ...(repair !== undefined && { repair }) });
  return { kind: 'done' };
}

/** What is evicted leaves at once. */
function evict(world: World, pod: PodFacts): Evicted {
  if (world.pods.get(keyOf(pod))?.uid !== pod.uid) return { kind: 'gone' };
  world.evictions.push(keyOf(pod));
  world.pods.delete(keyOf(pod));
  return { kind: 'accepted' };
}

function keyOf({ namespace, name }: PodFacts): string {
  return `${namespace}/${name}`;
}
