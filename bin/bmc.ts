import { readFileSync } from 'node:fs';
import { serveHardware } from '../embedded/hardware/simulator.ts';
import { parseSimulatorConfig } from '../schemas/hardware.ts';

const [, , configFile = ''] = process.argv;
serveHardware(parseSimulatorConfig(readFileSync(configFile, 'utf8')));
