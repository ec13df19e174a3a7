/** Stands in for `temporal/index.ts` in an engine under test: dispatch's words to repairs, with points around them. */
import * as real from '../../../temporal/index.ts';
import { pointed } from './points.ts';

export * from '../../../temporal/index.ts';

export const startRepair: typeof real.startRepair = pointed(real.startRepair, (_, { node }) => ({
  node,
  point: 'startRepair in dispatch',
}));

export const say: typeof real.say = pointed(real.say, (_, { node }, { arrival }) => ({
  node,
  point: `say ${arrival.kind} in dispatch`,
}));
