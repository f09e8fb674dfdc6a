import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.js';
import { onNoEngine } from './engine/client.js';
import { openFirstModel } from './model/first.js';
import { EVERYDAY } from './model/open.js';
import { keepForOffline } from './offline/register.js';
import { isExample } from './picture/examples.js';
import { showFirstPicture } from './picture/first.js';
import { startAsking } from './state/ask.js';
import { answer, setProblem } from './state/store.js';
import { startWriting } from './state/sync.js';
import { viewFromHash } from './state/url.js';
import { view } from './state/view.js';
import { wanted, withBundled } from './state/wanted.js';

const asked = viewFromHash(location.hash);
const has = { model: asked.model === EVERYDAY, picture: isExample(asked.picture) };
view.value = withBundled(asked, has);
if (!has.model || asked.picture.startsWith('file:')) wanted.value = asked;

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
startAsking();
onNoEngine(() =>
  setProblem('model', {
    code: 'network',
    message: 'The engine of this page could not be loaded. Check the connection, then load the page again.',
  }),
);
startWriting();
void showFirstPicture();
void openFirstModel();
// Not before the first heatmap, which would wait for all the other files.
effect(() => {
  if (answer.value !== undefined) keepForOffline();
});
