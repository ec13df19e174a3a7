/** The course of every command: find the places, connect, do the work, disconnect. */
import { isFailure, showFailure, type Failure } from './failure.ts';
import type { Exit, Invocation } from './io.ts';
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
    const answer = await work(sources);
    return isFailure(answer) ? showFailure(invocation, answer) : answer;
  } finally {
    await sources.close();
  }
}
