export { answer } from './answer.js';
export { ownNetwork } from './own-network.js';
export { Pool } from './pool.js';
