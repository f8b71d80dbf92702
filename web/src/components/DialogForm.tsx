// A dialog that is filled in and sent, and the one that shows what is told only once.

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Form } from "react-aria-components";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { ErrorNote } from "./States";

interface DialogFormProps {
  title: string;
  /// The word on the button that sends it.
  submit: string;
  isBusy: boolean;
  isDisabled?: boolean;
  error: unknown;
  onSubmit: () => void;
  onClose: () => void;
  /// Further buttons, before the last one; in place of "Cancel".
  actions?: ReactNode;
  children: ReactNode;
}

export function DialogForm({ title, submit, isBusy, isDisabled = false, error, onSubmit, onClose, actions, children }: DialogFormProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <Form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        {error != null && <ErrorNote error={error} />}
        <div className="actions">
          {actions ?? (
            <Button look="quiet" onPress={onClose}>
              {t("common.cancel")}
            </Button>
          )}
          <Button type="submit" look="main" isPending={isBusy} isDisabled={isDisabled}>
            {submit}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

/// Secrets, to be copied now. Only its button closes it.
export function ShownOnce({ title, text, onClose, children }: { title: string; text: string; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Dialog title={title} isOpen onClose={onClose} role="alertdialog">
      <p>{text}</p>
      {children}
      <div className="actions">
        <Button look="main" onPress={onClose} autoFocus>
          {t("common.done")}
        </Button>
      </div>
    </Dialog>
  );
}
