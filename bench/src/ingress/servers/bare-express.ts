import express from 'express';
import { listening } from './listening.ts';

/** What everything is compared with: Express 5 as its manual says, the raw body read and 200 answered. */
const app = express();
app.use(express.raw({ type: '*/*', limit: '1mb' }));
app.post('/webhooks/gocardless/:connectionId', (_request, response) => {
  response.status(200).json({ accepted: 1, duplicates: 0 });
});
listening(app.listen(0, '127.0.0.1'));
