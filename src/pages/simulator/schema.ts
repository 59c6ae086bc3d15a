/** As much of JSON schema as the contract's parameters and the switches use. */

export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly (string | number)[];
  readonly const?: string | number;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A field of a form. */
export interface FormField {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'switch' | 'choice' | 'choices';
  readonly choices: readonly string[];
  readonly required: boolean;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** The largest number that JSON holds exactly says that there is no limit. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** The fields of an object's schema; those of variants are put together, as one form serves them all. */
export function fieldsOf(schema: Schema): FormField[] {
  const variants = schema.oneOf ?? [schema];
  const names = [...new Set(variants.flatMap(({ properties = {} }) => Object.keys(properties)))];
  return names.map((name) => {
    const shapes = variants.flatMap(({ properties = {} }) => {
      const shape = properties[name];
      return shape ? [shape] : [];
    });
    const required = variants.every((variant) => variant.required?.includes(name));
    return fieldOf(name, shapes, required);
  });
}

function fieldOf(name: string, shapes: readonly Schema[], required: boolean): FormField {
  const flat = shapes.flatMap((shape) => shape.anyOf ?? [shape]);
  const choices = flat.flatMap(({ enum: values, const: value, items }) => [
    ...(values ?? items?.enum ?? []),
    ...(typeof value === 'string' ? [value] : []),
  ]);
  const from = Math.min(
    ...flat.map(({ minimum = -NO_LIMIT, const: value }) => (typeof value === 'number' ? value : minimum)),
  );
  const to = Math.max(...flat.map(({ maximum = NO_LIMIT }) => maximum));
  return {
    name,
    kind: kindOf(flat, choices.length > 0),
    choices: choices.map(String),
    required,
    from: from === -NO_LIMIT ? undefined : from,
    to: to === NO_LIMIT ? undefined : to,
  };
}

function kindOf(shapes: readonly Schema[], hasChoices: boolean): FormField['kind'] {
  const types = new Set(shapes.map(({ type }) => type));
  if (types.has('array')) return 'choices';
  if (types.has('boolean')) return 'switch';
  if (hasChoices) return 'choice';
  return types.has('integer') || types.has('number') ? 'number' : 'text';
}
