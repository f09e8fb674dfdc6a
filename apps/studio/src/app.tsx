import { Downloads } from './downloads/downloads.js';
import { Look } from './heatmap/look.js';
import { Stage } from './heatmap/stage.js';
import { ModelPanel } from './model/panel.js';
import { Dropping } from './picture/dropping.js';
import { PicturePanel } from './picture/panel.js';
import { Prediction } from './prediction/prediction.js';
import '../../../style/palette.css';
import '../../../style/base.css';
import './style/tokens.css';
import './style/base.css';
import './style/layout.css';
import './ui/ui.css';
import { Header } from './ui/header.js';
import { Later } from './ui/later.js';

const below = () => import('./below.js').then(({ Below }) => Below);

export function App() {
  return (
    <>
      <Header />
      <main>
        <div class="workplace">
          <div class="stage-column">
            <Stage />
            <Look />
            <Downloads />
          </div>
          <div class="side">
            <Prediction />
            <PicturePanel />
            <ModelPanel />
          </div>
        </div>
        <div class="below">
          <Later load={below} />
        </div>
      </main>
      <Dropping />
    </>
  );
}
