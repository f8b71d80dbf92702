// The card in the middle of an empty window, for whoever is not signed in yet.

import type { ReactNode } from "react";
import { useTitle } from "../../components/Page";
import { Appearance } from "../../app/Appearance";

export function AuthCard({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  useTitle(title);
  return (
    <div className="auth">
      <main className="auth-card">
        <img src="/icon.svg" alt="" width="64" height="64" className="auth-logo" />
        <h1>{title}</h1>
        <p className="quiet auth-text">{text}</p>
        {children}
      </main>
      <footer className="auth-foot">
        <Appearance />
      </footer>
    </div>
  );
}
