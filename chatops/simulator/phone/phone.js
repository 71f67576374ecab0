// The page at /simulator/: a phone with LINE on it, whose other end is the simulator process.

import "./styles/phone.css";
import { Phone } from "./parts/app.js";

const root = document.getElementById("simulator");
new Phone(root, root.dataset).start();
