// The way to a day, or to a post or message by its number.

import { CalendarDays } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogTrigger, Form, Popover } from "react-aria-components";
import { Button, IconButton } from "../Button";
import { Field } from "../Field";

/// The largest number that a message can have.
const HIGHEST = 2_147_483_647;

/// A number that a message can have, as it stands in an address or a field; null: it is none.
export function numberIn(text: string | null): number | null {
  const number = Number(text);
  return text !== null && /^\d+$/.test(text.trim()) && number >= 1 && number <= HIGHEST ? number : null;
}

function GoToForm({ children, onGo }: { children: ReactNode; onGo: () => void }) {
  const { t } = useTranslation();
  return (
    <Form
      className="go-to"
      onSubmit={(event) => {
        event.preventDefault();
        onGo();
      }}
    >
      {children}
      <Button type="submit" look="main">
        {t("chat.show")}
      </Button>
    </Form>
  );
}

interface GoToProps {
  label: string;
  /// Of the field for a number.
  numberLabel: string;
  onDay: (day: string) => void;
  onNumber: (number: number) => void;
}

export function GoTo({ label, numberLabel, onDay, onNumber }: GoToProps) {
  const { t } = useTranslation();
  const [day, setDay] = useState("");
  const [words, setWords] = useState("");
  const number = numberIn(words);
  const [isWrong, setIsWrong] = useState(false);
  return (
    <DialogTrigger>
      <IconButton icon={CalendarDays} label={label} />
      <Popover className="popover popover-padded">
        <Dialog aria-label={label} className="popover-dialog">
          {({ close }) => (
            <>
              <GoToForm
                onGo={() => {
                  if (!day) return;
                  onDay(day);
                  close();
                }}
              >
                <Field label={t("chat.date")} type="date" value={day} onChange={setDay} isRequired autoFocus />
              </GoToForm>
              <GoToForm
                onGo={() => {
                  setIsWrong(number === null);
                  if (number === null) return;
                  onNumber(number);
                  close();
                }}
              >
                <Field
                  label={numberLabel}
                  inputMode="numeric"
                  value={words}
                  onChange={setWords}
                  isRequired
                  autoComplete="off"
                  error={isWrong && number === null ? t("chat.number_wrong") : undefined}
                />
              </GoToForm>
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
