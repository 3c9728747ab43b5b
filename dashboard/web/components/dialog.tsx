// A dialog over the page: it holds the focus, Escape closes it, and the focus goes back to where it came from.
//
// The ground behind it is a plain box: Radix's own writes a style element into the page, which a strict content security
// policy forbids. That the page behind does not scroll is said in parts.css.

import * as Radix from "@radix-ui/react-dialog";
import type { ReactNode } from "react";

interface DialogProps {
  title: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** The button that opens it, where it has one of its own. */
  trigger?: ReactNode;
  /** A question is announced as one; a menu stands at the side, and its title is only spoken. */
  kind?: "form" | "question" | "menu";
  children: ReactNode;
}

export function Dialog({ title, isOpen, onOpenChange, trigger, kind = "form", children }: DialogProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      {trigger !== undefined && <Radix.Trigger asChild>{trigger}</Radix.Trigger>}
      <Radix.Portal>
        <div className="dialog-ground" />
        <Radix.Content
          className={kind === "menu" ? "dialog" : "dialog stack"}
          data-kind={kind}
          role={kind === "question" ? "alertdialog" : "dialog"}
          aria-modal="true"
          aria-describedby={undefined}
          onOpenAutoFocus={kind === "menu" ? focusWhole : undefined}
        >
          <Radix.Title asChild>
            <h2 className={kind === "menu" ? "visually-hidden" : undefined}>{title}</h2>
          </Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A menu begins with links, which Radix passes over: it would start at the form field below them. */
function focusWhole(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}
