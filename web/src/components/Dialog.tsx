// A dialog over the page. React Aria keeps the focus inside, closes it with Escape and gives the focus back.

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button, IconButton } from "./Button";

interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  role?: "dialog" | "alertdialog";
}

export function Dialog({ title, isOpen, onClose, children, role = "dialog" }: DialogProps) {
  const { t } = useTranslation();
  return (
    <ModalOverlay className="overlay" isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable={role === "dialog"}>
      <Modal className="modal">
        <AriaDialog className="dialog" role={role}>
          <header className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <IconButton icon={X} label={t("common.close")} onPress={onClose} />
          </header>
          <div className="dialog-body">{children}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/// Asks before something that cannot be taken back.
export function Confirm({
  title,
  text,
  action,
  isOpen,
  isBusy,
  onConfirm,
  onClose,
}: {
  title: string;
  text: string;
  action: string;
  isOpen: boolean;
  isBusy: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose} role="alertdialog">
      <p>{text}</p>
      <div className="actions">
        <Button look="quiet" onPress={onClose} autoFocus>
          {t("common.cancel")}
        </Button>
        <Button look="danger" onPress={onConfirm} isPending={isBusy}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
