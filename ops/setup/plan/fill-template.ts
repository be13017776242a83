/** What stands for the placeholders of config/deploy (its README lists them). */
export type Fillings = Readonly<Record<string, string>>;

/** A template with its `{{placeholders}}` filled. Throws for one that nothing is known of: such a file must not reach a service. */
export function fillTemplate(template: string, fillings: Fillings): string {
  return template.replaceAll(/\{\{([A-Za-z0-9]+)\}\}/g, (_all, name: string) => {
    const filling = fillings[name];
    if (filling === undefined)
      throw new Error(`a template of config/deploy has the placeholder ${name}, which set-up does not know`);
    return filling;
  });
}
