import { render } from 'preact';
import '../../../style/palette.css';
import '../../../style/base.css';
import './page.css';
import { App } from './app';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
