// What else can be done: a button with three dots that opens a list.

import { EllipsisVertical, type LucideIcon } from "lucide-react";
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { IconButton } from "./Button";
import { Icon } from "./Icon";

interface Action {
  label: string;
  icon: LucideIcon;
  run: () => void;
  isDangerous?: boolean;
}

export function Menu({ label, actions }: { label: string; actions: readonly Action[] }) {
  return (
    <MenuTrigger>
      <IconButton icon={EllipsisVertical} label={label} />
      <Popover className="popover" placement="bottom end">
        <AriaMenu className="list-box" aria-label={label}>
          {actions.map((action) => (
            <MenuItem key={action.label} className={`list-box-item menu-item${action.isDangerous ? " menu-item-bad" : ""}`} onAction={action.run}>
              <Icon of={action.icon} />
              {action.label}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
