/** The course of every command: find the places, connect, do the work, disconnect. */
import { failure, isFailure, showFailure, type Failure } from './failure.ts';
import { resolve } from 'node:path';
import { defaultDataDir } from '../embedded/state/index.ts';
import type { Exit, Invocation } from './io.ts';
import { isAlive } from './processes.ts';
import { findPlaces } from './places.ts';
import { openSources, type Sources, type Wanted } from './sources.ts';

export async function withSources(
  invocation: Invocation,
  wanted: Wanted,
  work: (sources: Sources) => Promise<Exit | Failure>,
): Promise<Exit> {
  const places = await findPlaces(invocation);
  if (isFailure(places)) return showFailure(invocation, places);
  const sources = await openSources(places, wanted);
  try {
    const atOnce = standsInTheWay(invocation, sources);
    if (atOnce) return showFailure(invocation, atOnce);
    const answer = await work(sources);
    return isFailure(answer) ? showFailure(invocation, answer) : answer;
  } finally {
    await sources.close();
  }
}

/** What one sentence tells better than a screen of all that could not be read. */
function standsInTheWay(
  { io, flags }: Invocation,
  { kube, hub, places }: Sources,
): Failure | undefined {
  if (!isFailure(kube)) return undefined;
  if (kube.error === 'usage') return kube;
  const { local } = places;
  if (!local || !isFailure(hub) || local.children.some(({ pid }) => isAlive(pid))) return undefined;
  const dataDir = resolve(flags.dataDir ?? io.env['SLIPWAY_DATA_DIR'] ?? defaultDataDir);
  return failure('stackStopped', `The local stack in ${dataDir} is not running.`);
}
