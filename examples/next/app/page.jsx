'use client';

import { useEffect, useRef, useState } from 'react';

// Put your network into `public/` and write its address here.
const MODEL = '/network.onnx';

export default function Page() {
  const canvas = useRef(null);
  const explainer = useRef(null);
  const picture = useRef(null);
  const [answer, setAnswer] = useState(null);
  const [status, setStatus] = useState('Loading the network…');

  useEffect(() => {
    // In the browser only: the package needs workers and canvases.
    const opening = import('@gradcam/web').then(({ openExplainer }) => openExplainer(MODEL));
    explainer.current = opening;
    opening.then(
      () => setStatus('Choose a picture.'),
      (error) => setStatus(error.message),
    );
    return () => {
      opening.then((opened) => opened.close()).catch(() => undefined);
    };
  }, []);

  async function show(file, ...classes) {
    if (file === undefined) return;
    picture.current = file;
    try {
      const opened = await explainer.current;
      const { predictions, explanations, milliseconds } = await opened.explain(file, { classes });
      const [explanation] = explanations;
      const overlay = explanation.overlay({ alpha: 0.5, colormap: 'turbo' });
      [canvas.current.width, canvas.current.height] = [overlay.width, overlay.height];
      canvas.current.getContext('2d').putImageData(overlay, 0, 0);
      setAnswer({ predictions: predictions.slice(0, 5), chosen: explanation.class });
      setStatus(`Why ${explanation.class.label}: ${Math.round(milliseconds)} ms on ${opened.runtime}`);
    } catch (error) {
      setStatus(error.message);
    }
  }

  return (
    <main>
      <h1>What does the network look at?</h1>
      <label
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          void show(event.dataTransfer.files[0]);
        }}
      >
        <canvas ref={canvas} role="img" aria-label="The picture, and over it what speaks for the class" />
        <input type="file" accept="image/*" aria-label="Choose a picture" onChange={(event) => show(event.target.files[0])} />
        <span>Drop a picture, or click to choose one. It does not leave your machine.</span>
      </label>
      <p role="status">{status}</p>
      <ol aria-label="Classes, most probable first">
        {answer?.predictions.map(({ index, label, probability }) => (
          <li key={index}>
            <button
              type="button"
              aria-pressed={index === answer.chosen.index}
              style={{ '--share': `${Math.round(100 * probability)}%` }}
              onClick={() => show(picture.current, index)}
            >
              {label} {Math.round(100 * probability)} %
            </button>
          </li>
        ))}
      </ol>
    </main>
  );
}
