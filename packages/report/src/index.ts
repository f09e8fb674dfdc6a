export type { PageData } from './data.js';
export { type Report, type ReportOptions, type ReportProgress, writeReport } from './report.js';
export type { PageParts } from './write/html.js';
