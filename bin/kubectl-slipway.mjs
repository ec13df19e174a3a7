#!/usr/bin/env node
// kubectl runs this for `kubectl slipway`.
import './slipway.mjs';
