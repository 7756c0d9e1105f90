// Starts the NHS.UK components of the page; everything works without it.
import { initAll } from "/assets/nhsuk-frontend.js";

initAll();
