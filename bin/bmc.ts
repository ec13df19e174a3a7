/** Runs the simulated BMCs of a local stack until the process is ended. */
import { readFileSync } from 'node:fs';
import { serveHardware } from '../embedded/hardware/simulator.ts';
import { parseSimulatorConfig } from '../schemas/local/hardware.ts';

const [, , configFile = ''] = process.argv;
serveHardware(parseSimulatorConfig(readFileSync(configFile, 'utf8')));
