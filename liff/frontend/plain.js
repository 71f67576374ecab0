// The style sheet of the pages that need no script: the front door and the emergency page.

import './styles/plain.css';
