/** The way to everything this console has. */
export const INDEX_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>ml-connector</title>
    <style>
      body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
      li { margin: 0.5rem 0; }
    </style>
  </head>
  <body>
    <main>
      <h1>ml-connector</h1>
      <p>Reviews, collections, postings and the audit log are on the command line: <code>npx mlc --help</code>.</p>
      <ul>
        <li><a href="/queues/">Queues</a>: jobs of every flow, as they wait, run and fail</li>
        <li><a href="/readyz">Ready</a>: whether this process reaches its stores</li>
        <li><a href="/livez">Live</a>: whether this process runs</li>
        <li><a href="/metrics">Metrics</a>: for Prometheus</li>
      </ul>
    </main>
  </body>
</html>
`;
