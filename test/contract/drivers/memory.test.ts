/** The driver in memory that unit tests use in place of a real one. */
import { fakeDriver } from '../../support/fakes/driver.ts';
import { describeAnyDriver } from './suite.ts';

describeAnyDriver('fake', async () => {
  const fakes: ReturnType<typeof fakeDriver>[] = [];
  return {
    make: (clock) => {
      const fake = fakeDriver('redfish', clock);
      fakes.push(fake);
      return fake.driver;
    },
    rung: { driver: 'redfish', action: 'ForceRestart' },
    acts: () => fakes.reduce((sum, { acts }) => sum + acts.length, 0),
    remove: async () => undefined,
  };
});
