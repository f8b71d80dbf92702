import { createRoot } from "react-dom/client";
import { Button } from "react-aria-components";
import "./styles/tokens.css";
import "./styles/base.css";

const place = document.getElementById("app");
if (place) createRoot(place).render(<Button>Ledgram</Button>);
