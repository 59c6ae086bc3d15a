import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';
import { Icon, type IconName } from './icons.tsx';

interface ButtonProps
  extends Pick<
    ButtonHTMLAttributes<HTMLButtonElement>,
    'onClick' | 'class' | 'id' | 'title' | 'aria-label' | 'aria-pressed'
  > {
  readonly look?: 'plain' | 'main' | 'danger' | 'bare';
  readonly type?: 'button' | 'submit';
  readonly icon?: IconName;
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly children?: ComponentChildren;
}

/** A button; while `busy` it keeps its place and its size, and takes no press. */
export function Button({
  look = 'plain',
  type = 'button',
  icon,
  busy = false,
  disabled,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button {...rest} type={type} class={`button button-${look}`} disabled={disabled || busy} aria-busy={busy}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
