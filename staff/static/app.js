// Betters pages that work without it. Nothing here decides anything: it asks for what the server makes.
import { initAll } from "./vendor/govuk-frontend.min.js";

initAll();
