// One of a few: a list that opens, and buttons in a row. Any of a few: boxes to be checked.

import { Check, ChevronDown } from "lucide-react";
import {
  Button,
  Checkbox,
  CheckboxGroup,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
  Text,
  ToggleButton,
  ToggleButtonGroup,
} from "react-aria-components";
import { Icon } from "./Icon";

export interface Option<Value extends string> {
  value: Value;
  label: string;
}

interface ChoiceProps<Value extends string> {
  label: string;
  options: readonly Option<Value>[];
  value: Value;
  onChange: (value: Value) => void;
  hideLabel?: boolean;
}

export function Choice<Value extends string>({ label, options, value, onChange, hideLabel = false }: ChoiceProps<Value>) {
  return (
    <Select
      className="field"
      selectedKey={value}
      onSelectionChange={(key) => {
        const chosen = options.find((option) => option.value === key);
        if (chosen) onChange(chosen.value);
      }}
      {...(hideLabel ? { "aria-label": label } : {})}
    >
      {!hideLabel && <Label className="field-label">{label}</Label>}
      <Button className="input select-button">
        <SelectValue />
        <Icon of={ChevronDown} />
      </Button>
      <Popover className="popover">
        <ListBox className="list-box" items={options}>
          {(option) => (
            <ListBoxItem id={option.value} textValue={option.label} className="list-box-item">
              {({ isSelected }) => (
                <>
                  <span>{option.label}</span>
                  {isSelected && <Icon of={Check} />}
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}

export function Segments<Value extends string>({ label, options, value, onChange }: ChoiceProps<Value>) {
  return (
    <ToggleButtonGroup
      className="segments"
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const chosen = options.find((option) => keys.has(option.value));
        if (chosen) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <ToggleButton key={option.value} id={option.value} className="segment">
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

interface ChecksProps<Value extends string> {
  label: string;
  hint?: string;
  options: readonly Option<Value>[];
  value: readonly Value[];
  onChange: (value: readonly Value[]) => void;
}

/// What is chosen comes in the order of the options.
export function Checks<Value extends string>({ label, hint, options, value, onChange }: ChecksProps<Value>) {
  return (
    <CheckboxGroup
      className="field"
      value={[...value]}
      onChange={(chosen) => onChange(options.map((option) => option.value).filter((one) => chosen.includes(one)))}
    >
      <Label className="field-label">{label}</Label>
      {options.map((option) => (
        <Checkbox key={option.value} value={option.value} className="checkbox">
          <span className="checkbox-box" aria-hidden="true" />
          {option.label}
        </Checkbox>
      ))}
      {hint !== undefined && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
    </CheckboxGroup>
  );
}
