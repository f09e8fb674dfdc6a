import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.js';
import { openFirstModel } from './model/first.js';
import { keepForOffline } from './offline/register.js';
import { showFirstPicture } from './picture/first.js';
import { startAsking } from './state/ask.js';
import { answer } from './state/store.js';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
startAsking();
void showFirstPicture();
void openFirstModel();
// Not before the first heatmap, which would wait for all the other files.
effect(() => {
  if (answer.value !== undefined) keepForOffline();
});
