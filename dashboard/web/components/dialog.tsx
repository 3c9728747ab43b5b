// A dialog over the page: it holds the focus, Escape closes it, and the focus goes back to where it came from.

import * as Radix from "@radix-ui/react-dialog";
import type { ReactNode } from "react";

interface DialogProps {
  title: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** The button that opens it, where it has one of its own. */
  trigger?: ReactNode;
  /** A question that wants an answer is announced as such. */
  isQuestion?: boolean;
  children: ReactNode;
}

export function Dialog({ title, isOpen, onOpenChange, trigger, isQuestion, children }: DialogProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      {trigger !== undefined && <Radix.Trigger asChild>{trigger}</Radix.Trigger>}
      <Radix.Portal>
        <Radix.Overlay className="dialog-overlay" />
        <Radix.Content
          className="dialog stack"
          role={isQuestion === true ? "alertdialog" : "dialog"}
          aria-describedby={undefined}
        >
          <Radix.Title asChild>
            <h2>{title}</h2>
          </Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
