import { explainedFigure, imagenetLabels, openExplainer, preprocess, preset } from '@gradcam/core';
import { openRuntime, readImage, readModelFile, renderFigure, writeFileAtomic, zooModel } from '@gradcam/node';

const model = await readModelFile(await zooModel('resnet18'));
const explainer = await openExplainer(await openRuntime(), model.bytes);

const image = await readImage('cat.jpg');
const { tensor, placement } = preprocess(image, preset('imagenet'));
const { explanations } = await explainer.explainOne(tensor);

const overlays = explanations.map(({ heatmap, class: { index } }) => ({ heatmap, title: `Grad-CAM: ${imagenetLabels[index]}` }));
const figure = explainedFigure({ image, placement, overlays, title: 'cat.jpg' });
await writeFileAtomic('cat.gradcam.png', await renderFigure(figure));
