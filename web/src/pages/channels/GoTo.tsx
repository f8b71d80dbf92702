// The way to a day or to a post of a channel.

import { CalendarDays } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogTrigger, Form, Popover } from "react-aria-components";
import { Button, IconButton } from "../../components/Button";
import { Field } from "../../components/Field";

/// The largest number that a message can have.
const HIGHEST = 2_147_483_647;

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

export function GoTo({ onDay, onPost }: { onDay: (day: string) => void; onPost: (post: number) => void }) {
  const { t } = useTranslation();
  const [day, setDay] = useState("");
  const [post, setPost] = useState("");
  const number = Number(post);
  const isNumber = /^\d+$/.test(post.trim()) && number >= 1 && number <= HIGHEST;
  const [isWrong, setIsWrong] = useState(false);
  return (
    <DialogTrigger>
      <IconButton icon={CalendarDays} label={t("chat.go_to")} />
      <Popover className="popover popover-padded">
        <Dialog aria-label={t("chat.go_to")} className="popover-dialog">
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
                  setIsWrong(!isNumber);
                  if (!isNumber) return;
                  onPost(number);
                  close();
                }}
              >
                <Field
                  label={t("chat.number")}
                  inputMode="numeric"
                  value={post}
                  onChange={setPost}
                  isRequired
                  autoComplete="off"
                  error={isWrong && !isNumber ? t("chat.number_wrong") : undefined}
                />
              </GoToForm>
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
