/* The way to reference cards, on pages of other things: only where this service makes them. */
import { $ } from '/web/api.js';

fetch('/cards?format=json').then(response => response.json())
  .then(said => { $('to-cards').hidden = !said.uploads; }, () => { /* no way then */ });
