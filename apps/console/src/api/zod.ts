import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

// Before the first schema is made: those made earlier could not be named in the document.
extendZodWithOpenApi(z);

export { z };
