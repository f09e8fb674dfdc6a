import './style.css';

export const metadata = { title: 'What does the network look at?' };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
