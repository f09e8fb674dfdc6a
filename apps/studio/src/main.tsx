import { render } from 'preact';
import { App } from './app.js';
import { openBundled } from './model/open.js';
import { examples } from './picture/examples.js';
import { showExample } from './picture/show.js';
import { startAsking } from './state/ask.js';
import { view } from './state/view.js';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
startAsking();
const [first] = examples;
const wanted = examples.find(({ key }) => key === view.value.picture) ?? first;
if (wanted !== undefined) void showExample(wanted);
void openBundled(true);
