import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton, Tooltip, TooltipTrigger, type ButtonProps as AriaButtonProps } from "react-aria-components";
import { Link } from "wouter";
import { Icon } from "./Icon";

type Look = "main" | "plain" | "quiet" | "danger";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "children" | "style"> {
  look?: Look;
  icon?: LucideIcon;
  wide?: boolean;
  children: ReactNode;
}

/// While it waits it cannot be pressed again. It keeps the focus meanwhile, or the keyboard would be lost for the dialog around it;
/// only what sends a form is disabled, so that Enter does not send it twice. (React Aria's own way of waiting leaves an announcement
/// without a name behind when the button goes away with the page.)
export function Button({ look = "plain", icon, wide = false, isPending = false, isDisabled = false, children, ...rest }: ButtonProps) {
  const isSubmit = rest.type === "submit";
  const waiting = isPending && !isSubmit ? { "aria-disabled": true, onPress: () => {} } : {};
  return (
    <AriaButton
      {...rest}
      {...waiting}
      isDisabled={isDisabled || (isPending && isSubmit)}
      className={`button button-${look}${wide ? " button-wide" : ""}`}
    >
      {icon && <Icon of={icon} />}
      {children}
    </AriaButton>
  );
}

/// A button with an icon alone; its label is read aloud and shown when the pointer rests on it.
export function IconButton({
  icon,
  label,
  ...rest
}: { icon: LucideIcon; label: string } & Omit<AriaButtonProps, "className" | "children" | "aria-label" | "style">) {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton {...rest} aria-label={label} className="icon-button">
        <Icon of={icon} size={20} />
      </AriaButton>
      <Tooltip className="tooltip">{label}</Tooltip>
    </TooltipTrigger>
  );
}

/// The same as a link.
export function IconLink({ icon, label, href, className = "" }: { icon: LucideIcon; label: string; href: string; className?: string }) {
  return (
    <Link href={href} className={`icon-button ${className}`} aria-label={label}>
      <Icon of={icon} size={20} />
    </Link>
  );
}
